/** One alert: what was found, who was told, and everything that became of it. */

import { Link } from "wouter";
import { ALERTS, type AlertEvent, type OneAlert, type Told } from "../api/alerts.ts";
import { csvAddress } from "../api/client.ts";
import { useReport } from "../api/queries.ts";
import { Figure, Figures } from "../figures/Figure.tsx";
import { instantText } from "../format/dates.ts";
import { counted } from "../format/decimal.ts";
import { PageBody } from "../page/Page.tsx";
import { PageSkeleton, Problem } from "../page/states.tsx";
import { useView } from "../state/view.ts";
import { DataTable } from "../table/DataTable.tsx";
import { countColumn } from "../table/money.tsx";
import { AlertActs, isMuted } from "./alerts/acts.tsx";
import { AlertPages, alertPath } from "./alerts/AlertPages.tsx";
import { AlertState } from "./alerts/AlertTable.tsx";
import { eventText, Severe, valueWithUnit } from "./alerts/words.tsx";
import { fieldText } from "./anomalies/words.ts";

export default function AlertDetail({ id }: { id: string }) {
  const { href } = useView();
  const path = alertPath(id);
  const query = useReport<OneAlert>(path, {}, { keep: false });
  const alert = query.data;
  return (
    <PageBody title={alert?.title ?? "Alert"} question={<><Link className="link" href={href("/alerts")}>Alerts</Link> / {alert?.rule ?? id}</>} answer={alert ? `${alert.title}.` : null} above={<AlertPages at={ALERTS} />}>
      {query.isError ? <Problem error={query.error} retry={() => void query.refetch()} needsRun={false} /> : alert ? <Body alert={alert} csv={(table) => csvAddress(path, {}, table)} /> : <PageSkeleton bare />}
    </PageBody>
  );
}

function Body({ alert, csv }: { alert: OneAlert; csv: (table: string) => string }) {
  const { href } = useView();
  return (
    <>
      <p className="meta below tags">
        <Severe severity={alert.severity} />
        <span><AlertState alert={alert} /></span>
        {Object.entries(alert.dimensions).map(([name, value]) => <span key={name}><span className="quieter">{fieldText(name)}</span> {value}</span>)}
        {alert.link ? <span><Link className="link underlined" href={href(alert.link)}>See it</Link></span> : null}
      </p>
      <p className="alert-text">{alert.text}</p>
      {alert.lines.length ? <ul className="alert-lines">{alert.lines.map((line, index) => <li key={index}>{line}</li>)}</ul> : null}
      {isMuted(alert) ? <p className="given-reason">{alert.reason} <span className="quiet">is why it is muted until {instantText(alert.muted_until ?? "")}.</span></p> : null}
      <AlertActs alert={alert} bordered />
      <div className="block">
        <Figures label="The alert">
          {alert.value === null ? null : <Figure name="Found" note={<span>{alert.unit === "percent" ? "" : alert.unit}</span>}><span className="num" title={alert.value}>{valueWithUnit(alert.value, alert.unit)}</span></Figure>}
          {alert.limit === null ? null : <Figure name="Limit" note={<Link className="link" href={href("/alerts/rules")}>of the rule {alert.rule}</Link>}><span className="num" title={alert.limit}>{valueWithUnit(alert.limit, alert.unit)}</span></Figure>}
          <Figure name="Since" note={<span>found again {instantText(alert.found)}</span>}><span className="figure-words">{instantText(alert.opened)}</span></Figure>
          {alert.resolved ? <Figure name="Over"><span className="figure-words">{instantText(alert.resolved)}</span></Figure> : null}
          {alert.acknowledged ? <Figure name="Acknowledged" note={<span>{alert.who}</span>}><span className="figure-words">{instantText(alert.acknowledged)}</span></Figure> : null}
        </Figures>
      </div>
      <div className="columns">
        <History alert={alert} csv={csv("history")} />
        <Channels alert={alert} csv={csv("told")} />
      </div>
    </>
  );
}

function History({ alert, csv }: { alert: OneAlert; csv: string }) {
  const rows = [...alert.history].reverse();
  return (
    <DataTable<AlertEvent>
      name="history" title="What became of it" note="newest first" rows={rows} rowKey={(row) => `${row.at} ${row.event} ${row.channel}`} csv={csv}
      columns={[
        { key: "at", label: "When", heads: true, value: (row) => row.at, render: (row) => <span className="nowrap">{instantText(row.at)}</span> },
        { key: "event", label: "What", value: (row) => eventText(row.event), render: (row) => <>{eventText(row.event)}{row.reason ? <span className="sub wrap">{row.reason}</span> : null}</> },
        { key: "who", label: "Who", value: (row) => row.who || row.channel, render: (row) => row.who || row.channel || <span className="quieter">the rule</span> },
      ]}
    />
  );
}

function Channels({ alert, csv }: { alert: OneAlert; csv: string }) {
  const { href } = useView();
  return (
    <DataTable<Told>
      name="told" title="Who was told" note={<>{counted(alert.told.length, "channel")}; <Link className="link underlined" href={href("/alerts/messages")}>did it arrive?</Link></>} rows={alert.told} rowKey={(row) => row.channel} csv={csv}
      empty={<p className="quiet">Nobody yet: it is muted, it waits for the end of quiet hours, or no channel is declared.</p>}
      columns={[
        { key: "channel", label: "Channel", heads: true, value: (row) => row.channel },
        { key: "last", label: "Last", value: (row) => row.last, render: (row) => <span className="nowrap">{instantText(row.last)}</span> },
        { key: "severity", label: "As", value: (row) => row.severity, render: (row) => <Severe severity={row.severity} /> },
        countColumn<Told>("messages", "Messages", (row) => row.messages),
      ]}
    />
  );
}
