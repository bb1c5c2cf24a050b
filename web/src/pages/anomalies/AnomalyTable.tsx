/** Anomalies one by one; each has its page, and its amounts lead to what they are made of. */

import { Link } from "wouter";
import type { AnomalyRow } from "../../api/anomalies.ts";
import { Amount } from "../../figures/Amount.tsx";
import { withCurrency } from "../../format/currency.ts";
import { amountDigits, percentText } from "../../format/decimal.ts";
import { useView } from "../../state/view.ts";
import type { Column } from "../../table/columns.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { amountColumn } from "../../table/money.tsx";
import { SeverityTag, StateTag } from "./marks.tsx";
import { anomalyPath } from "./places.ts";
import { endOf, grainText, spanText, stepText } from "./words.ts";

export function AnomalyTable({ rows, total, csv }: { rows: AnomalyRow[]; total: number; csv: string }) {
  const { href } = useView();
  const first = rows[0]?.currency ?? null;
  const currency = rows.every((row) => row.currency === first) ? first : (row: AnomalyRow) => row.currency;
  const name = (row: AnomalyRow) => row.title;
  const to = (row: AnomalyRow) => anomalyPath(row.incident_id);
  const columns: Column<AnomalyRow>[] = [
    {
      key: "title", label: "What", heads: true, value: (row) => row.title,
      render: (row) => <><Link className="link" href={href(to(row))}>{row.title}</Link><span className="sub">{row.driver}</span></>,
    },
    { key: "severity", label: "Severity", value: (row) => (row.kind === "launch" ? "launch" : row.severity), render: (row) => <SeverityTag one={row} /> },
    { key: "state", label: "State", value: (row) => row.state, render: (row) => <StateTag state={row.state} reason={row.reason} /> },
    { key: "first_step", label: "Since", value: (row) => row.first_step, render: (row) => <span className="nowrap" title={spanText(row)}>{stepText(row.first_step, row.grain, true)}<span className="sub">{grainText(row)}{row.estimated ? ", estimated" : ""}</span></span> },
    { key: "last_step", label: "Until", spare: 1, value: (row) => row.last_step, render: (row) => <span className="nowrap">{stepText(row.grain === "D" ? row.last_step : endOf(row.last_step, row.grain), row.grain, true)}</span> },
    { key: "service", label: "Service", spare: 1, value: (row) => row.service },
    amountColumn<AnomalyRow>({ key: "current", label: "Current", title: "What its worst day or hour cost", currency, value: (row) => row.current, name, to }),
    {
      key: "expected", label: "Expected", numeric: true, unit: typeof currency === "string" ? currency : null, title: "What was expected of that day or hour, and the range", value: (row) => row.expected,
      render: (row) => <><Amount bare={typeof currency === "string"} value={row.expected} currency={row.currency} label={`Expected of ${row.title}`} /><span className="sub num">{amountDigits(row.lower)} – {amountDigits(row.upper)}</span></>,
    },
    { key: "deviation_pct", label: "Deviation", numeric: true, spare: 2, value: (row) => row.deviation_pct, render: (row) => <span className="num">{row.deviation_pct === null ? "–" : percentText(row.deviation_pct, true)}</span> },
    {
      key: "excess", label: "Excess", numeric: true, unit: typeof currency === "string" ? currency : null, title: "What it cost more (or less) than expected, all together", value: (row) => row.excess,
      render: (row) => <Link className="num amount door" href={href(to(row))} aria-label={`Excess of ${row.title}: ${withCurrency(amountDigits(row.excess), row.currency)}`}><data value={row.excess}>{typeof currency === "string" ? amountDigits(row.excess) : withCurrency(amountDigits(row.excess), row.currency)}</data></Link>,
    },
  ];
  return (
    <DataTable<AnomalyRow>
      name="anomalies" title="Anomalies" note={total > rows.length ? `the ${rows.length} seen last of ${total}` : "seen last first"}
      columns={columns} rows={rows} rowKey={(row) => row.incident_id} csv={csv}
    />
  );
}
