/** Each load of a source, and what it changed by service and account. */

import { Link } from "wouter";
import type { SourceChange, SourceLoad } from "../../api/bills.ts";
import { instantText } from "../../format/dates.ts";
import { useView } from "../../state/view.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { amountColumn, countColumn } from "../../table/money.tsx";
import { currencyOf, periodColumn } from "./Sums.tsx";

export function Loads({ loads, csv }: { loads: SourceLoad[]; csv: string }) {
  const { href } = useView();
  const name = (row: SourceLoad) => `${row.load_id}, ${row.currency}`;
  const currency = currencyOf(loads);
  return (
    <DataTable<SourceLoad>
      name="history" title="Load by load" rows={loads} rowKey={name} csv={csv}
      columns={[
        { key: "loaded_at", label: "Loaded", heads: true, value: (row) => row.loaded_at, render: (row) => <Link className="link nowrap" href={href(`/data/loads/${encodeURIComponent(row.load_id)}`)}>{instantText(row.loaded_at)}</Link> },
        periodColumn<SourceLoad>(),
        { key: "status", label: "Status", value: (row) => row.status },
        countColumn<SourceLoad>("rows", "Rows", (row) => row.rows),
        countColumn<SourceLoad>("rows_before", "Rows before", (row) => row.rows_before, { spare: 1 }),
        amountColumn<SourceLoad>({ key: "BilledCost_before", label: "BilledCost before", currency, value: (row) => row.BilledCost_before, name, spare: 2 }),
        amountColumn<SourceLoad>({ key: "BilledCost", label: "BilledCost", currency, value: (row) => row.BilledCost, name }),
        amountColumn<SourceLoad>({ key: "EffectiveCost", label: "EffectiveCost", currency, value: (row) => row.EffectiveCost, name, spare: 1 }),
      ]}
    />
  );
}

export function Changes({ changes, csv }: { changes: SourceChange[]; csv: string }) {
  const name = (row: SourceChange) => `${row.load_id}, ${row.service ?? ""}, ${row.account ?? ""}, ${row.metric}, ${row.currency}`;
  const currency = currencyOf(changes);
  return (
    <DataTable<SourceChange>
      name="changed" title="What restatements changed" note="the largest changes of each load" rows={changes} rowKey={name} csv={csv}
      columns={[
        { key: "service", label: "Provider service", heads: true, value: (row) => row.service ?? "(none)" },
        { key: "account", label: "Account", spare: 2, value: (row) => row.account },
        periodColumn<SourceChange>({ render: (row) => <span className="nowrap">{row.billing_period}<span className="sub">{instantText(row.loaded_at)}</span></span> }),
        { key: "metric", label: "Metric", value: (row) => row.metric },
        amountColumn<SourceChange>({ key: "before", label: "Before", currency, value: (row) => row.before, name, spare: 1 }),
        amountColumn<SourceChange>({ key: "after", label: "Now", currency, value: (row) => row.after, name, spare: 1 }),
        amountColumn<SourceChange>({ key: "change", label: "Difference", currency, value: (row) => row.change, name }),
      ]}
    />
  );
}
