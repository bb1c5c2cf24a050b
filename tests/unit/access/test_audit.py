"""The audit log: what was done by whom, in rows that cannot be changed without a trace."""

import logging
import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from apportion.access import LOCAL, Caller
from apportion.access import audit as log
from apportion.access.counting import KINDS
from apportion.access.errors import Unauthenticated
from apportion.core.errors import BadInput, Refused, Transient
from apportion.database import State, api_keys, audit
from unit.access.entry import PASSWORD, Entry

ANA = Caller("ana", "person", LOCAL.scopes, role="owner")


def breaks(entry: Entry, head: str = "") -> list[str]:
    return [one.said for one in entry.access.verify_audit(head).breaks]


@pytest.fixture
def written(entry: Entry) -> Entry:
    """A log of eight rows."""
    for n in range(8):
        entry.access.audit(log.Entry.of(ANA, "adjust_budget", f"b{n}", amount=str(n)), entry.now)
        entry.later(seconds=1)
    return entry


def change(entry: Entry, row: int, /, **values: Any) -> None:
    with entry.state.write() as con:
        con.execute(audit.update().where(audit.c.number == row).values(**values))


def take_out(entry: Entry, *numbers: int) -> None:
    with entry.state.write() as con:
        con.execute(audit.delete().where(audit.c.number.in_(numbers)))


def test_every_change_is_told_with_who_did_it_and_what_it_was(entry: Entry) -> None:
    entry.add("ana")
    entry.add("ben", "viewer")
    entry.log_in("ben")
    entry.access.people.change(ANA, "ben", entry.now, role="finance", password="nine blue bicycles")
    key = entry.access.keys.make(ANA, "checkout", ["ingest"], entry.now)
    entry.access.keys.revoke(ANA, key.key_id, entry.now, address="203.0.113.7")
    entry.access.embedding.make(ANA, "acme", entry.now)
    entry.access.embedding.rotate(ANA, entry.now)
    assert [(row.who, row.action, row.target) for row in entry.told()] == [
        ("local", "add_person", "ana"),
        ("local", "add_person", "ben"),
        ("ben", "log_in", ""),
        ("ana", "change_person", "ben"),
        ("ana", "make_key", key.key_id),
        ("ana", "revoke_key", key.key_id),
        ("ana", "make_embed_token", "acme"),
        ("ana", "rotate_embed_tokens", ""),
    ]
    changed, revoked = entry.told()[3], entry.told()[5]
    assert changed.detail == {"changed": ["role", "password"], "role": "finance"}
    assert (revoked.address, revoked.at) == ("203.0.113.7", entry.now)
    assert breaks(entry) == []


def test_a_key_has_its_name_beside_its_id_and_what_is_empty_is_left_out(entry: Entry) -> None:
    key = entry.access.keys.make(ANA, "checkout", ["people", "read"], entry.now)
    entry.access.keys.make(entry.bearer(key.key), "other", ["read"], entry.now)
    entry.access.keys.revoke(ANA, key.key_id, entry.now)
    entry.access.audit(log.Entry.of(ANA, "adjust_budget", "b", entity="", amount="5"), entry.now)
    rows = entry.told()
    assert [(row.who_name, row.target_name) for row in rows] == [
        ("", "checkout"),
        ("checkout", "other"),
        ("", "checkout"),
        ("", ""),
    ]
    assert rows[3].detail == {"amount": "5"}
    assert breaks(entry) == []


def test_a_change_that_fails_leaves_no_row_and_a_row_that_fails_leaves_no_change(
    entry: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry.add("ana")
    with pytest.raises(Refused):
        entry.add("ana")
    assert len(entry.told()) == 1

    def fails(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(log, "record", fails)
    with pytest.raises(RuntimeError):
        entry.key()
    with entry.state.read() as con:
        assert con.execute(select(api_keys)).all() == []


@pytest.mark.parametrize(
    "field", ["at", "who", "kind", "action", "target", "outcome", "address", "detail", "hash"]
)
def test_a_row_that_was_changed_shows(written: Entry, field: str) -> None:
    change(written, 4, **{field: 1 if field == "at" else "x"})
    found = breaks(written)
    assert found
    assert found[0].startswith("row 4 is not what was written")


def test_a_row_that_was_changed_with_its_hash_shows_at_the_next(written: Entry) -> None:
    rows = written.told()
    row = {**rows[3].model_dump(), "at": 0, "who": "mallory", "detail": "{}"}
    change(written, 4, at=0, who="mallory", detail="{}", hash=log.chained(rows[2].hash, row))
    assert breaks(written) == [
        "row 5 is not what was written, or not after the row that it was written after"
    ]


def test_rows_that_were_taken_out_show(written: Entry) -> None:
    take_out(written, 3)
    assert breaks(written) == ["row 3 is missing"]
    take_out(written, 1, 5, 6)
    assert breaks(written) == ["row 1 is missing", "row 3 is missing", "rows 5 to 6 are missing"]


def test_rows_that_were_moved_show_with_their_old_place(written: Entry) -> None:
    change(written, 4, number=99)
    change(written, 5, number=4)
    change(written, 99, number=5)
    assert breaks(written)[:2] == ["row 4 stood as row 5 once", "row 5 stood as row 4 once"]


def test_a_log_cut_short_shows_by_a_head_kept_elsewhere_alone(written: Entry) -> None:
    head = written.access.verify_audit().head
    take_out(written, 7, 8)
    assert breaks(written) == []
    assert breaks(written, head) == [
        "row 8 was there when the head was kept, and is missing: the log was cut short"
    ]
    for n in range(3):
        written.access.audit(log.Entry.of(ANA, "adjust_budget", f"other {n}"), written.now)
    assert breaks(written) == []
    assert breaks(written, head) == ["row 8 is another than when the head was kept"]


def test_a_head_holds_for_all_that_comes_later(written: Entry) -> None:
    head = written.access.verify_audit().head
    written.access.audit(log.Entry.of(ANA, "adjust_budget"), written.now)
    assert breaks(written, head) == []
    assert breaks(written, f"0:{log.START}") == []
    for wrong in ("", "x", "8", "8:abc"):
        if wrong:
            with pytest.raises(BadInput):
                breaks(written, wrong)


def test_many_write_at_once_and_the_chain_holds(entry: Entry) -> None:
    def write(who: int) -> None:
        for n in range(5):
            entry.access.audit(log.Entry(f"w{who}", "key", "x", str(n)), entry.now)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert entry.access.verify_audit().rows == 20
    assert breaks(entry) == []


def test_a_flood_of_refusals_is_a_handful_of_rows_that_say_how_many(entry: Entry) -> None:
    entry.add("ana")
    for n in range(500):
        entry.access.refused("list_audit", entry.now, by=ANA, address=f"203.0.113.{n % 250}")
    entry.later(seconds=61)
    entry.access.refused("list_audit", entry.now, by=ANA)
    rows = entry.told(outcome="refused")
    assert [(row.who, row.action, row.detail.get("times")) for row in rows] == [
        ("ana", "list_audit", None),
        ("ana", "list_audit", 499),
        ("ana", "list_audit", None),
    ]


def test_a_flood_of_different_refusals_is_bounded_too(entry: Entry) -> None:
    for n in range(1000):
        entry.access.refused("get_customer", entry.now, target=f"customer {n}")
    entry.later(seconds=61)
    entry.access.audited()  # flushed by whoever asks or comes in next
    with pytest.raises(Unauthenticated):
        entry.access.identify(None, None, entry.now)
    rows = entry.told(outcome="refused", limit=1000)
    assert len(rows) <= KINDS + 1
    assert sum(row.detail.get("times", 1) for row in rows) == 1000


def test_a_flood_by_whom_nobody_knows_hides_nothing_of_others(entry: Entry) -> None:
    """What was done has a row of its own, each time; failed logins and known callers are counted apart."""
    entry.add("ana")
    for n in range(3 * KINDS):
        entry.access.refused(f"nothing{n}", entry.now, target=f"GET /{n}")
    for customer in ("acme", "acme", "globex"):
        entry.access.embedding.make(ANA, customer, entry.now, address="203.0.113.7")
    with pytest.raises(Unauthenticated):
        entry.log_in("ana", "a wrong password")
    entry.access.refused("list_audit", entry.now, by=Caller("ben", "person", LOCAL.scopes))
    told = [(row.who, row.action, row.target, row.outcome) for row in entry.told(limit=1000)]
    assert [row for row in told if row[1] == "make_embed_token"] == [
        ("ana", "make_embed_token", customer, "done") for customer in ("acme", "acme", "globex")
    ]
    assert ("ana", "log_in", "", "refused") in told
    assert ("ben", "list_audit", "", "refused") in told
    assert len(told) == 1 + KINDS + 3 + 1 + 1


def test_a_token_that_cannot_be_told_of_is_not_given(entry: Entry, monkeypatch: pytest.MonkeyPatch) -> None:
    entry.add("ana")

    def fails(*_: Any) -> None:
        raise Transient("the state database did not answer")

    monkeypatch.setattr(log, "record", fails)
    with pytest.raises(Transient):
        entry.access.embedding.make(ANA, "acme", entry.now)


def test_what_was_counted_is_written_when_the_server_stops(entry: Entry) -> None:
    for _ in range(3):
        entry.access.refused("me", entry.now)
    entry.access.close()
    assert entry.told()[-1].detail["times"] == 2


def test_wrong_passwords_are_told_without_what_was_typed(entry: Entry) -> None:
    entry.add("ana")
    for login in ("ana", "my secret password in the wrong field"):
        with pytest.raises(Unauthenticated):
            entry.log_in(login, "a wrong password")
    rows = entry.told(outcome="refused")
    assert [(row.who, row.kind, row.action) for row in rows] == [
        ("ana", "person", "log_in"),
        ("", "unknown", "log_in"),
    ]
    assert "wrong" not in entry.everything_kept()


def test_a_log_that_cannot_be_written_changes_no_refusal(
    entry: Entry, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(_: State) -> None:
        raise Transient("the state database did not answer")

    entry.add("ana")
    monkeypatch.setattr(State, "write", away)
    with caplog.at_level(logging.WARNING):
        entry.access.refused("me", entry.now)
        entry.access._beside.wait()
    assert "did not answer" in caplog.text
    monkeypatch.undo()


def test_strange_texts_are_kept_as_every_database_can(entry: Entry) -> None:
    entry.access.refused("x\0y", entry.now, target="\ud800" + "z" * 9999, why="\0\ud800")
    [row] = entry.told()
    assert (row.action, len(row.target)) == ("x�y", 300)
    assert breaks(entry) == []


def test_the_log_is_asked_in_pages_and_by_who_what_and_when(written: Entry) -> None:
    first = written.access.audited(limit=5)
    rest = written.access.audited(limit=5, cursor=first.next_cursor or "")
    assert [row.number for row in (*first.rows, *rest.rows)] == [8, 7, 6, 5, 4, 3, 2, 1]
    assert (first.head.partition(":")[0], rest.next_cursor) == ("8", None)
    since = written.now - timedelta(seconds=2)
    assert [row.number for row in written.access.audited(since=since).rows] == [8, 7]
    assert written.access.audited(who="ben").rows == []
    assert len(written.access.audited(who="ana", action="adjust_budget", outcome="done").rows) == 8


def test_no_secret_is_in_what_is_kept_logged_or_shown(entry: Entry, caplog: pytest.LogCaptureFixture) -> None:
    """Every secret there is, planted and looked for in all that this room keeps, says and logs."""
    with caplog.at_level(logging.DEBUG):
        entry.add("ana")
        made, cookie = entry.key("read", "embed"), entry.log_in()
        token = entry.access.embedding.make(entry.bearer(made.key), "acme", entry.now).token
        pepper = (entry.folder / ".secrets" / "pepper").read_bytes().hex()
        said: list[object] = [entry.who(cookie), entry.bearer(made.key), entry.bearer(token)]
        said += [entry.access.people.listed(entry.now), entry.access.keys.listed(entry.now)]
        said += [entry.access.audited(limit=1000), entry.access.status(entry.now), vars(entry.access)]
        said += [entry.access.by_password("ana", PASSWORD), entry.access._ground.held(entry.now).pepper]
        for shown in (made.key + "x", cookie + "x", token + "x"):
            for given in ((f"Bearer {shown}", None), (None, shown)):
                with pytest.raises(Unauthenticated) as why:
                    entry.access.identify(*given, entry.now)
                said += [str(why.value), repr(why.value)]
        with pytest.raises(Unauthenticated) as wrong:
            entry.log_in("ana", PASSWORD + "!")
        said += [str(wrong.value), repr(wrong.value)]
        with pytest.raises(BadInput) as short:
            entry.access.people.change(ANA, "ana", entry.now, password="shortpass")
        said += [str(short.value)]
        entry.access.rotate_pepper(LOCAL, entry.now)
        entry.access._beside.wait()
    everything = "\n".join([*map(repr, said), *map(str, said), caplog.text, entry.everything_kept()])
    for planted in (made.key, made.key[13:], cookie, token, pepper, PASSWORD, "shortpass"):
        assert planted not in everything


def test_a_row_is_the_last_of_its_transaction_so_that_none_waits_for_another(entry: Entry) -> None:
    """On PostgreSQL writers of rows take turns until they commit; SQLite has one writer anyway."""
    with entry.state.write() as con:
        log.record(con, log.Entry("a", "key", "x"), entry.now)
        if con.dialect.name == "postgresql":
            held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
            assert con.exec_driver_sql(held).scalar() == 1
        assert con.scalar(select(func.count()).select_from(audit)) == 1
