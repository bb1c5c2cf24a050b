/** What was brought in, when, and what had to be repaired or turned away. */

import { Link } from "wouter";
import type { Load } from "../../api/health.ts";
import { instantText, monthText } from "../../format/dates.ts";
import { useView } from "../../state/view.ts";
import type { Column } from "../../table/columns.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { amountColumn, countColumn } from "../../table/money.tsx";
import { usePeriodPins } from "./period.ts";

/** "aws, October 2026"; customers and revenue have no period. */
export function loadName(load: Load): string {
  const { billing_period: period } = load;
  if (!period) return load.source;
  return `${load.source}, ${/^\d{4}-\d{2}$/.test(period) ? monthText(period) : period}`;
}

export function LoadTable({ loads, csv }: { loads: Load[]; csv: string }) {
  const { href } = useView();
  const pinsOf = usePeriodPins();
  const why = (metric: string) => (row: Load) => (row.status === "replaced" || row.kind !== "bill" ? undefined : pinsOf(row.source, row.billing_period, metric));
  const name = (row: Load) => `${row.source}, ${row.billing_period}`;
  const columns: Column<Load>[] = [
    {
      key: "source", label: "Load", heads: true, value: (row) => `${row.source} ${row.billing_period}`,
      render: (row) => <Link className="link nowrap" href={href(`/data/loads/${encodeURIComponent(row.load_id)}`)}>{loadName(row)}</Link>,
    },
    { key: "kind", label: "Kind", spare: 2, value: (row) => row.kind },
    { key: "loaded_at", label: "Loaded", value: (row) => row.loaded_at, render: (row) => <span className="nowrap">{instantText(row.loaded_at)}</span> },
    { key: "status", label: "Status", value: (row) => row.status, render: (row) => <Marks load={row} /> },
    countColumn<Load>("rows", "Rows", (row) => row.rows),
    countColumn<Load>("repairs", "Repairs", (row) => row.repairs.length, { spare: 2, title: "Kinds of repair" }),
    countColumn<Load>("rejected_rows", "Rejected rows", (row) => row.rejected_rows, { spare: 2 }),
    amountColumn<Load>({ key: "BilledCost", label: "BilledCost", currency: (row) => row.totals[0]?.currency ?? "", value: (row) => row.totals[0]?.BilledCost ?? null, name, why: why("BilledCost") }),
    amountColumn<Load>({ key: "EffectiveCost", label: "EffectiveCost", currency: (row) => row.totals[0]?.currency ?? "", value: (row) => row.totals[0]?.EffectiveCost ?? null, name, why: why("EffectiveCost"), spare: 1 }),
  ];
  return <DataTable<Load> name="loads" title="Loads" columns={columns} rows={loads} rowKey={(row) => row.load_id} csv={csv} />;
}

export function Marks({ load }: { load: Load }) {
  return (
    <span className="nowrap">
      {load.status}
      {load.state === "estimated" && load.status !== "replaced" ? <> <span className="tag warn">estimated</span></> : null}
      {load.rejected_rows ? <> <span className="tag warn">rejects</span></> : null}
    </span>
  );
}
