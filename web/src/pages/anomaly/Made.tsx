/** What made an anomaly, who bears it, and at which levels it was seen. */

import { Link } from "wouter";
import type { Anomaly, Driver, Level } from "../../api/anomalies.ts";
import { Bar, mostOf } from "../../figures/Bar.tsx";
import { amountDigits } from "../../format/decimal.ts";
import { customerPath } from "../../shell/destinations.ts";
import { useView } from "../../state/view.ts";
import type { Column } from "../../table/columns.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { amountColumn, percentColumn } from "../../table/money.tsx";
import { fieldText, stepText, valueText } from "../anomalies/words.ts";
import { pageName, seriesPage, whyStep } from "./doors.ts";

const name = (row: Driver) => valueText(row.value);

export function Drivers({ one, csv }: { one: Anomaly; csv: string }) {
  const [main] = one.levels;
  const { currency } = one;
  return (
    <DataTable<Driver>
      name="drivers" title="What made it" rows={one.drivers} rowKey={(row) => `${row.field}=${row.value}`} csv={csv}
      note={`on ${stepText(one.worst_step, one.grain, true)}; each field tells all of it anew`}
      empty={<p className="quiet">No field alone made most of it.</p>}
      columns={[
        { key: "value", label: "Value", heads: true, value: (row) => `${row.field} ${row.value}`, render: (row) => <span className="wraps">{name(row)}<span className="sub">{fieldText(row.field)}</span></span> },
        amountColumn<Driver>({ key: "current", label: "Cost", currency, value: (row) => row.current, name, why: (row) => (main ? whyStep(one, main, one.worst_step, { [row.field]: row.value }) : undefined) }),
        amountColumn<Driver>({ key: "usual", label: "Usually", currency, value: (row) => row.usual, name, spare: 2 }),
        amountColumn<Driver>({ key: "excess", label: "Excess", currency, value: (row) => row.excess, name }),
        percentColumn<Driver>("share_pct", "Share", (row) => row.share_pct, { title: "Of the excess of that day or hour" }),
      ]}
    />
  );
}

export function Affected({ one, csv }: { one: Anomaly; csv: string }) {
  const { href } = useView();
  const { currency } = one;
  const most = mostOf(one.affected.map((row) => row.excess));
  return (
    <DataTable<Driver>
      name="affected" title="Who bears it" rows={one.affected} rowKey={(row) => row.value} csv={csv}
      empty={<p className="quiet">{one.grain === "H" || one.of !== "charges" ? "Only days of billed cost are shared out to customers." : "No customer bears more because of it."}</p>}
      columns={[
        { key: "value", label: "Customer", heads: true, value: (row) => row.value, render: (row) => <Link className="link" href={href(customerPath(row.value))}>{name(row)}</Link> },
        { key: "bar", label: "", drawing: true, wide: true, value: () => null, render: (row) => <Bar value={row.excess} most={most} slot={-1} /> },
        amountColumn<Driver>({ key: "current", label: "Cost", currency, value: (row) => row.current, name, spare: 2 }),
        amountColumn<Driver>({ key: "excess", label: "Excess", currency, value: (row) => row.excess, name }),
        percentColumn<Driver>("share_pct", "Share", (row) => row.share_pct),
      ]}
    />
  );
}

const CHANNELS: Record<string, string> = { point: "one step", run: "several steps", slow: "a slow rise", total: "all together" };

function SeriesLink({ to, title, children }: { to: string | undefined; title: string; children: string }) {
  const { href } = useView();
  return to ? <Link className="link" href={href(to)} title={title}>{children}</Link> : <>{children}</>;
}

export function Levels({ one, csv }: { one: Anomaly; csv: string }) {
  const { currency } = one;
  const called = (row: Level) => Object.values(row.fields).map(valueText).join(", ");
  const columns: Column<Level>[] = [
    { key: "fields", label: "Seen in", heads: true, value: (row) => `${row.grouping} ${called(row)}`, render: (row) => <><SeriesLink to={seriesPage(one, row)} title={pageName(one)}>{called(row)}</SeriesLink><span className="sub">{fieldText(row.grouping)}</span></> },
    { key: "step", label: "Worst", spare: 1, value: (row) => row.step, render: (row) => <span className="nowrap">{stepText(row.step, one.grain)}</span> },
    amountColumn<Level>({ key: "current", label: "Cost", currency, value: (row) => row.current, name: called, why: (row) => whyStep(one, row, row.step), to: (row) => seriesPage(one, row) }),
    { key: "expected", label: "Expected", unit: currency, numeric: true, value: (row) => row.expected, render: (row) => <><data className="num" value={row.expected}>{amountDigits(row.expected)}</data><span className="sub num">{amountDigits(row.lower)} – {amountDigits(row.upper)}</span></> },
    amountColumn<Level>({ key: "excess", label: "Excess", currency, value: (row) => row.excess, name: called }),
    { key: "channel", label: "Rests on", spare: 2, value: (row) => row.channel, render: (row) => <span className="quiet">{CHANNELS[row.channel] ?? row.channel}</span> },
  ];
  return (
    <DataTable<Level>
      name="levels" title="Where it is seen" note={one.levels.length === 1 ? "in one series" : `one event, seen in ${one.levels.length} series`} rows={one.levels}
      rowKey={(row) => `${row.grouping}=${called(row)}`} csv={csv} columns={columns}
    />
  );
}
