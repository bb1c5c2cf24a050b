/** What was done and what was refused, newest first; nothing of it is ever changed. */

import { Link } from "wouter";
import type { AuditRow } from "../../api/access.ts";
import { instantText } from "../../format/dates.ts";
import { useView } from "../../state/view.ts";
import { DataTable } from "../../table/DataTable.tsx";

const AT = "/access/audit";
const ASKED = ["who", "action", "outcome", "since"];

/** "make_key" is "make key". */
function words(text: string): string {
  return text.replaceAll(/[._]/g, " ");
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.map(valueText).join(" ");
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** What is not there is not said. */
function detailText(detail: AuditRow["detail"]): string {
  return Object.entries(detail).filter(([, value]) => value !== null && value !== "").map(([name, value]) => `${words(name)}: ${valueText(value)}`).join(", ");
}

export function AuditTable({ rows, csv, more, narrowed }: { rows: AuditRow[]; csv: string; more: boolean; narrowed: boolean }) {
  const { state, href } = useView();
  const asked = Object.fromEntries(ASKED.filter((name) => state[name]).map((name) => [name, state[name] ?? ""]));
  return (
    <DataTable<AuditRow>
      paged stacks name="audit" title="Audit log" note={more ? `the newest ${rows.length}` : "newest first"} rows={rows} rowKey={(row) => String(row.number)} csv={csv}
      empty={<p className="quiet block">{narrowed ? "Nothing that is kept is like this." : "Nothing was changed yet, and nobody was turned away."}</p>}
      columns={[
        { key: "at", label: "When", value: (row) => row.at, render: (row) => <span className="nowrap">{instantText(row.at)}</span> },
        { key: "who", label: "Who", heads: true, value: (row) => row.who, render: (row) => <>{row.who ? <Link className="link" href={href(AT, { ...asked, who: row.who })}>{row.who}</Link> : <span className="quieter">unknown</span>}<span className="sub">{row.kind}{row.who_name ? ` ${row.who_name}` : ""}{row.address ? `, ${row.address}` : ""}</span></> },
        { key: "action", label: "What", value: (row) => row.action, render: (row) => <Link className="link" href={href(AT, { ...asked, action: row.action })}>{words(row.action)}</Link> },
        { key: "target", label: "Of what", value: (row) => row.target, render: (row) => (row.target ? <span className="wraps">{row.target}{row.target_name ? <span className="sub">{row.target_name}</span> : null}</span> : null) },
        { key: "outcome", label: "Outcome", value: (row) => row.outcome, render: (row) => <span className={`tag${row.outcome === "done" ? "" : row.outcome === "refused" ? " warn" : " bad"}`}>{words(row.outcome)}</span> },
        { key: "detail", label: "With", spare: 2, value: (row) => detailText(row.detail), render: (row) => (detailText(row.detail) ? <span className="sub audit-detail">{detailText(row.detail)}</span> : null) },
      ]}
    />
  );
}
