"""Turns a question into one SQL statement with parameters."""

from apportion.analytics.fields import CHARGE_DAYS, Relation, charge_bounds
from apportion.analytics.filters import Bindings, compile_filter
from apportion.analytics.models import NONE
from apportion.analytics.query import Question
from apportion.analytics.statements import fill, read_sql
from apportion.engine import quote_ident

Statement = tuple[str, dict[str, object]]


def compile_question(question: Question, relation: Relation) -> Statement:
    """SQL that answers with columns currency, k0…, others, groups, period, amount, previous.

    Groups beyond the limit, by size of their amount over the whole window, come back as one with `others`
    true and null keys; `groups` counts what a row stands for.
    """
    bindings = Bindings()
    keys = [f"k{i}" for i in range(len(question.group_by))]
    listed = "".join(f", {key}" for key in keys)
    shown = "".join(
        f", CASE WHEN place <= {bindings.bind(question.limit)} THEN {key} END AS {key}" for key in keys
    )
    limit = bindings.bind(question.limit)
    sql = f"""
WITH cost AS ({_cost(question, relation, bindings)}),
places AS (
    SELECT currency{listed}, ROW_NUMBER() OVER (
        PARTITION BY currency
        ORDER BY ABS(COALESCE(SUM(amount) FILTER (WHERE now), 0)) DESC{listed}
    ) AS place
    FROM cost GROUP BY currency{listed}
),
answered AS (
    SELECT currency{shown}, place > {limit} AS others, COUNT(DISTINCT place) AS groups, period,
        COALESCE(SUM(amount) FILTER (WHERE now), 0) AS amount,
        COALESCE(SUM(amount) FILTER (WHERE NOT now), 0) AS previous
    FROM cost JOIN places USING (currency{listed})
    GROUP BY ALL
)
SELECT * FROM answered
ORDER BY currency, others, SUM(amount) OVER (PARTITION BY currency, others{listed}) DESC{listed}, period"""
    return sql, bindings.values


def compile_cost(question: Question, relation: Relation) -> Statement:
    """SQL with columns currency, k0…, period, now, amount: every group in every period, in no order.

    Of a question about one window; its limit does not count.
    """
    bindings = Bindings()
    return _cost(question, relation, bindings), bindings.values


def _cost(question: Question, relation: Relation, bindings: Bindings) -> str:
    start = bindings.bind(question.window.start)
    keys = "".join(
        f", COALESCE({quote_ident(name)}::VARCHAR, '{NONE}') AS k{i}"
        for i, name in enumerate(question.group_by)
    )
    conditions = [] if relation.name == CHARGE_DAYS else [_days(question, bindings)]
    if question.before and question.before.end < question.window.start:
        conditions.append(f"(day < {bindings.bind(question.before.end)} OR day >= {start})")
    if question.perspective:
        conditions.append(f"perspective = {bindings.bind(question.perspective)}")
    if question.where:
        conditions.append(compile_filter(question.where, bindings))
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"""
    SELECT currency{keys}, {_period(question, bindings)} AS period, day >= {start} AS now,
        SUM({quote_ident(question.metric)}) AS amount
    FROM {_from(question, relation, bindings)} {where}
    GROUP BY ALL"""


def _from(question: Question, relation: Relation, bindings: Bindings) -> str:
    if relation.name != CHARGE_DAYS:
        return quote_ident(relation.name)
    bounds = charge_bounds(relation, question.read_from, question.window.end, bindings)
    condition = " AND ".join([_days(question, bindings), *bounds])
    bounded = f"SELECT * FROM {CHARGE_DAYS} WHERE {condition}"
    if question.grain != "hour":
        return f"({bounded})"
    names = {"metric": question.metric, "charge_end": relation.charge_end}
    return f"(WITH bounded AS ({bounded}) {fill(read_sql(__package__, 'hours'), names)})"


def _days(question: Question, bindings: Bindings) -> str:
    return f"day >= {bindings.bind(question.read_from)} AND day < {bindings.bind(question.window.end)}"


def _period(question: Question, bindings: Bindings) -> str:
    """The first day of the period a row counts in; days before the window count where they are compared."""
    if question.grain == "total":
        return "NULL::TIMESTAMP"
    moment = "make_timestamp(hour * 1000000)" if question.grain == "hour" else "day::TIMESTAMP"
    if question.before is None:
        return f"date_trunc('{question.grain}', {moment})"
    start = bindings.bind(question.window.start)
    step = "INTERVAL 1 YEAR"
    if question.compare == "previous_period":
        step = f"to_days({(question.window.start - question.before.start).days})"
    last = bindings.bind(question.window.end)
    moved = f"LEAST({moment} + {step}, {last}::TIMESTAMP - INTERVAL 1 DAY)"
    return f"date_trunc('{question.grain}', CASE WHEN day >= {start} THEN {moment} ELSE {moved} END)"
