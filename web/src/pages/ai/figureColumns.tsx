/** The columns that all tables of operations have. */

import { Link } from "wouter";
import type { Compared, OperationsMeta, Total } from "../../api/operations.ts";
import { Amount } from "../../figures/Amount.tsx";
import { rangeText } from "../../format/dates.ts";
import { counted, quantityText, unitDigits } from "../../format/decimal.ts";
import type { Column } from "../../table/columns.ts";
import { amountColumn, changeColumn, countColumn, percentColumn } from "../../table/money.tsx";
import { countText } from "./counts.ts";

export function costColumn<Row extends Compared>(meta: OperationsMeta, name: (row: Row) => string, to: (row: Row) => string | undefined): Column<Row> {
  return amountColumn<Row>({ key: "cost", label: "Cost", currency: meta.currency, value: (row) => row.cost, name, to });
}

/** A count of requests; a door to each of them. */
export function OneByOne({ count, name, to }: { count: number; name: string; to: string }) {
  return <Link className="door" href={to} aria-label={`${counted(count, "request")} of ${name}, one by one`}>{quantityText(count)}</Link>;
}

export function tokensColumn<Row extends Compared>(): Column<Row> {
  return { key: "tokens", label: "Tokens", numeric: true, spare: 1, value: (row) => row.tokens, render: (row) => <span className="num" title={row.tokens === null ? "Not told" : String(row.tokens)}>{countText(row.tokens)}</span> };
}

/** Change, requests, what one costs, tokens, cache, success; the count of requests opens `one by one`. */
export function figureColumns<Row extends Compared>(meta: OperationsMeta, name: (row: Row) => string, calls: (row: Row) => string): Column<Row>[] {
  const before = meta.previous_from && meta.previous_to ? rangeText(meta.previous_from, meta.previous_to) : "the window before";
  return [
    changeColumn<Row>((row) => row.change_pct, before, { key: "change_pct" }),
    countColumn<Row>("operations", "Requests", (row) => row.operations, {
      render: (row) => <span className="num"><OneByOne count={row.operations} name={name(row)} to={calls(row)} />{row.operations > row.priced ? <span className="sub">{counted(row.operations - row.priced, "without cost", "without cost")}</span> : null}</span>,
    }),
    amountColumn<Row>({ key: "cost_per_request", label: "Per request", unit: true, currency: meta.currency, value: (row) => row.cost_per_request, name }),
    tokensColumn<Row>(),
    percentColumn<Row>("cached_pct", "From cache", (row) => row.cached_pct, { spare: 1, title: "Share of cache reads in the input" }),
    percentColumn<Row>("success_pct", "Success", (row) => row.success_pct, { title: "Successes of the requests whose success is known" }),
  ];
}

/** The kinds of output that rows yield, where any yields several: those have no common unit. */
export function kindsOf(rows: Total[]): string[] {
  return rows.some((row) => row.units.length > 1) ? [...new Set(rows.flatMap((row) => row.units.map((part) => part.unit)))].sort() : [];
}

/** What a unit of output costs: of the kind that is chosen, or where none is, of the only kind of a row. */
export function perUnitColumn<Row extends Total>(meta: OperationsMeta, name: (row: Row) => string, kind?: string): Column<Row> {
  const only = (row: Row) => (kind ? row.units.find((part) => part.unit === kind) : row.units.length === 1 ? row.units[0] : undefined);
  return {
    key: "cost_per_unit", label: "Per unit", unit: meta.currency, numeric: true, title: "Cost over the units of output",
    value: (row) => only(row)?.cost_per_unit ?? null,
    render: (row) => {
      const one = only(row);
      if (one) return <span className="per-unit"><Amount bare unit value={one.cost_per_unit} currency={meta.currency} label={`Cost per ${one.unit} of ${name(row)}`} /><span className="quiet">per {one.unit}</span></span>;
      if (kind) return <span className="quieter">–</span>;
      const each = row.units.map((part) => `${part.cost_per_unit === null ? "–" : unitDigits(part.cost_per_unit)} per ${part.unit}`).join(", ");
      return row.units.length ? <span className="quiet" title={each}>{row.units.length} kinds<span className="sr-only">: {each}</span></span> : <span className="quieter">–</span>;
    },
  };
}
