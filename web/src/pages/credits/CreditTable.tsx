/** Customers with their plan, and how much of it is used. */

import { Link } from "wouter";
import { type CreditRow, creditsPath } from "../../api/credits.ts";
import { Meter } from "../../figures/Meter.tsx";
import { instantText } from "../../format/dates.ts";
import { percentText } from "../../format/decimal.ts";
import { useView } from "../../state/view.ts";
import { type Column, sorted } from "../../table/columns.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { Credits, CreditStateTag, planText } from "./words.tsx";

/** Of a part of the customers the order stays the API's, by name. */
export function CreditTable({ rows, more, csv }: { rows: CreditRow[]; more: boolean; csv: string }) {
  const { href, state } = useView();
  const at: Record<string, string> = state["at"] ? { at: state["at"] } : {};
  const percent: Column<CreditRow> = { key: "percent", label: "Used", unit: "of included", numeric: true, value: (row) => row.percent, render: (row) => <span className={`num budget-percent is-${row.state}`}>{row.percent === null ? "–" : percentText(row.percent)}</span> };
  const columns: Column<CreditRow>[] = [
    { key: "name", label: "Customer", heads: true, value: (row) => row.name, render: (row) => <><Link className="link" href={href(creditsPath(row.customer), at)}>{row.name}</Link><span className="sub">{planText(row)}</span></> },
    { key: "meter", label: "", drawing: true, value: () => null, render: (row) => (row.percent === null ? null : <span className="budget-meter"><Meter used={row.percent} state={row.state} /></span>) },
    percent,
    { key: "used", label: "Used", unit: "credits", numeric: true, value: (row) => row.used, render: (row) => <Credits value={row.used} /> },
    { key: "included", label: "Included", unit: "credits", numeric: true, spare: 2, value: (row) => row.included, render: (row) => (row.included === null ? <span className="quieter">–</span> : <Credits value={row.included} />) },
    { key: "balance", label: "Left", unit: "credits", numeric: true, title: "Of all grants: included, bought and given", value: (row) => (row.unlimited ? null : row.balance), render: (row) => (row.unlimited ? <span className="quieter">–</span> : <Credits value={row.balance} />) },
    { key: "resets_at", label: "New credits", spare: 1, value: (row) => (row.plan === null ? null : row.resets_at), render: (row) => (row.plan === null ? <span className="quieter">–</span> : <span className="nowrap">{instantText(row.resets_at)}</span>) },
    { key: "state", label: "State", value: (row) => row.state, render: (row) => <CreditStateTag row={row} /> },
  ];
  return (
    <DataTable<CreditRow>
      stacks name="credits" title="Customers" columns={columns} rowKey={(row) => row.customer} csv={csv} paged={more}
      rows={more ? rows : sorted(rows, percent, true)} {...(more ? { note: `the first ${rows.length} by name` } : { order: "-percent", note: "the fullest first" })}
    />
  );
}
