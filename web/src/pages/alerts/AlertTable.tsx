/** Alerts one by one, and what is to be done with each. */

import type { ReactNode } from "react";
import { Link } from "wouter";
import type { Alert } from "../../api/alerts.ts";
import { instantText } from "../../format/dates.ts";
import { useView } from "../../state/view.ts";
import type { Column } from "../../table/columns.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { AlertActs, isMuted } from "./acts.tsx";
import { alertPath } from "./AlertPages.tsx";
import { Severe } from "./words.tsx";

export function AlertState({ alert }: { alert: Alert }) {
  const tone = alert.state === "open" ? " warn" : alert.state === "resolved" ? " good" : "";
  return (
    <span className="tag-row">
      <span className={`tag${tone}`} title={alert.who ? `by ${alert.who}` : undefined}>{alert.state}</span>
      {isMuted(alert) ? <span className="tag" title={`until ${instantText(alert.muted_until ?? "")}: ${alert.reason}`}>muted</span> : null}
    </span>
  );
}

export function AlertTable({ rows, csv, more, empty }: { rows: Alert[]; csv: string; more: boolean; empty: ReactNode }) {
  const { href } = useView();
  const acting = rows.some((row) => row.state !== "resolved");
  const columns: Column<Alert>[] = [
    { key: "title", label: "What", heads: true, value: (row) => row.title, render: (row) => <><Link className="link" href={href(alertPath(row.alert_id))}>{row.title}</Link><span className="sub wrap">{row.text}</span></> },
    { key: "severity", label: "Severity", value: (row) => row.severity, render: (row) => <Severe severity={row.severity} /> },
    { key: "state", label: "State", value: (row) => row.state, render: (row) => <AlertState alert={row} /> },
    { key: "opened", label: "Since", value: (row) => row.opened, render: (row) => <span className="nowrap">{instantText(row.opened)}{row.resolved ? <span className="sub">until {instantText(row.resolved)}</span> : null}</span> },
    { key: "rule", label: "Rule", spare: 1, value: (row) => row.rule, render: (row) => <Link className="link quiet" href={href("/alerts", { state: "all", rule: row.rule })}>{row.rule}</Link> },
    { key: "told", label: "Told", spare: 1, value: (row) => row.told.map((one) => one.channel).join(", "), render: (row) => <Told alert={row} /> },
    ...(acting ? [{ key: "acts", label: "", drawing: true, value: () => null, render: (row: Alert) => <AlertActs alert={row} /> }] : []),
  ];
  return (
    <DataTable<Alert>
      paged name="alerts" title="Alerts" note={more ? `the newest ${rows.length}` : "newest first"} columns={columns} rows={rows} rowKey={(row) => row.alert_id} csv={csv} empty={empty}
    />
  );
}

function Told({ alert }: { alert: Alert }) {
  if (alert.told.length === 0) return <span className="quieter">nobody yet</span>;
  return <>{alert.told.map((one) => one.channel).join(", ")}</>;
}
