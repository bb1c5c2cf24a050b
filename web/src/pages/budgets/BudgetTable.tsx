/** Budgets one by one: how full each is, what is left, and when it begins anew. */

import { Link } from "wouter";
import { type BudgetRow, budgetPath, entityText } from "../../api/budgets.ts";
import { Amount } from "../../figures/Amount.tsx";
import { Meter } from "../../figures/Meter.tsx";
import { percentText } from "../../format/decimal.ts";
import { useView } from "../../state/view.ts";
import { type Column, sorted } from "../../table/columns.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { amountColumn } from "../../table/money.tsx";
import { BudgetStateTag, entityWords, heldPercent, resetText, titleOf } from "./words.tsx";

/** The one currency of all rows, else each says its own. */
function currencyOf(rows: BudgetRow[]): string | ((row: BudgetRow) => string) {
  const all = new Set(rows.map((row) => row.currency));
  return all.size === 1 ? (rows[0]?.currency ?? "USD") : (row) => row.currency;
}

/** Of a part of the budgets the order stays the API's, by name. */
export function BudgetTable({ rows, more, csv }: { rows: BudgetRow[]; more: boolean; csv?: string }) {
  const { href, state } = useView();
  const at: Record<string, string> = state["at"] ? { at: state["at"] } : {};
  const currency = currencyOf(rows);
  const page = (row: BudgetRow) => href(budgetPath(row.budget), Object.keys(row.entity).length ? { ...at, entity: entityText(row.entity) } : at);
  const money = { currency, name: titleOf };
  const percent: Column<BudgetRow> = { key: "percent", label: "Used", numeric: true, title: "Spent in percent of the limit", value: (row) => row.percent, render: (row) => <span className={`num budget-percent is-${row.state}`}>{row.percent === null ? "–" : percentText(row.percent)}</span> };
  const columns: Column<BudgetRow>[] = [
    { key: "title", label: "Budget", heads: true, value: (row) => [entityWords(row.entity), titleOf(row)].filter(Boolean).join(" · "), render: (row) => <><Link className="link" href={page(row)}>{entityWords(row.entity) || titleOf(row)}</Link><span className="sub">{[entityWords(row.entity) ? titleOf(row) : "", row.period, row.kind === "cost" ? "allocated cost" : ""].filter(Boolean).join(" · ")}</span></> },
    { key: "meter", label: "", drawing: true, value: () => null, render: (row) => <span className="budget-meter"><Meter used={row.percent ?? "0"} held={heldPercent(row)} state={row.state} /></span> },
    percent,
    amountColumn<BudgetRow>({ ...money, key: "spent", label: "Spent", value: (row) => row.spent }),
    amountColumn<BudgetRow>({ ...money, key: "reserved", label: "Held", title: "For calls that have begun", value: (row) => row.reserved, spare: 1 }),
    amountColumn<BudgetRow>({ ...money, key: "remaining", label: "Left", value: (row) => row.remaining }),
    amountColumn<BudgetRow>({ ...money, key: "limit", label: "Limit", value: (row) => row.limit, spare: 2 }),
    { key: "until", label: "Resets", spare: 2, value: (row) => row.until, render: (row) => <span className="nowrap">{resetText(row)}</span> },
    { key: "state", label: "State", value: (row) => row.state, render: (row) => <BudgetStateTag row={row} /> },
  ];
  return (
    <DataTable<BudgetRow>
      stacks name="budgets" title="Budgets" columns={columns} rowKey={(row) => `${row.budget} ${entityText(row.entity)}`} {...(csv ? { csv } : {})} paged={more}
      rows={more ? rows : sorted(rows, percent, true)} {...(more ? { note: `the first ${rows.length} by name` } : { order: "-percent", note: "the fullest first" })}
    />
  );
}

export function Money({ row, value, label }: { row: BudgetRow; value: string; label: string }) {
  return <Amount value={value} currency={row.currency} label={`${label} of ${titleOf(row)}`} />;
}
