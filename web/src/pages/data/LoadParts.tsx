/** The tables of one load. */

import type { Load, LoadControl, Restatement } from "../../api/health.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { amountColumn, countColumn } from "../../table/money.tsx";

type Repair = Load["repairs"][number];
type Reject = NonNullable<Load["rejects"]>[number];
type TagKey = NonNullable<Load["tag_keys"]>[number];
type ChangeRow = Restatement["changes"][number];

export function Changes({ restatement, currency }: { restatement: Restatement; currency: string | null }) {
  const name = (row: ChangeRow) => `${row.ServiceName}, ${row.SubAccountId}, ${row.metric}`;
  return (
    <DataTable<ChangeRow>
      name="changes" title="What the restated bill changed" note={`against load ${restatement.replaces}`} rows={restatement.changes} rowKey={name}
      columns={[
        { key: "ServiceName", label: "Provider service", heads: true, value: (row) => row.ServiceName },
        { key: "SubAccountId", label: "Account", value: (row) => row.SubAccountId },
        { key: "metric", label: "Metric", value: (row) => row.metric },
        amountColumn<ChangeRow>({ key: "before", label: "Before", currency, value: (row) => row.before, name }),
        amountColumn<ChangeRow>({ key: "after", label: "Now", currency, value: (row) => row.after, name }),
        amountColumn<ChangeRow>({ key: "change", label: "Difference", currency, value: (row) => row.change, name }),
      ]}
    />
  );
}

export function LoadControls({ controls, leftOut }: { controls: LoadControl[]; leftOut: NonNullable<Load["left_out"]> }) {
  const name = (row: LoadControl) => `${row.kind}, ${row.currency}`;
  const currency = (row: LoadControl) => row.currency;
  const why = new Map(leftOut.map((one) => [one.kind, one.reason]));
  return (
    <DataTable<LoadControl>
      name="controls" title="Control sums" note="the bill's own sum = charges + left out" rows={controls} rowKey={name}
      columns={[
        { key: "kind", label: "Kind of line", heads: true, value: (row) => row.kind, render: (row) => <>{row.kind}{why.has(row.kind) ? <span className="sub">{why.get(row.kind)}</span> : null}</> },
        countColumn<LoadControl>("rows", "Rows", (row) => row.rows, { spare: 2 }),
        amountColumn<LoadControl>({ key: "amount", label: "Bill's own sum", currency, value: (row) => row.amount, name }),
        amountColumn<LoadControl>({ key: "charged", label: "Charges", currency, value: (row) => row.charged, name }),
        amountColumn<LoadControl>({ key: "left_out", label: "Left out", currency, value: (row) => row.left_out, name }),
        amountColumn<LoadControl>({ key: "BilledCost", label: "BilledCost", currency, value: (row) => row.BilledCost, name, spare: 1 }),
        amountColumn<LoadControl>({ key: "EffectiveCost", label: "EffectiveCost", currency, value: (row) => row.EffectiveCost, name, spare: 1 }),
      ]}
    />
  );
}

export function Repairs({ load }: { load: Load }) {
  return (
    <DataTable<Repair>
      name="repairs" title="Repairs" rows={load.repairs} rowKey={(row) => `${row.repair} ${row.column}`} empty={<p className="quiet">Every row was read as it stands.</p>}
      columns={[
        { key: "repair", label: "Repair", heads: true, value: (row) => row.repair, render: (row) => row.repair.replaceAll("_", " ") },
        { key: "column", label: "Column", value: (row) => row.column },
        { key: "example", label: "Example", value: (row) => row.example, render: (row) => <span className="mono breaks">{row.example}</span> },
        countColumn<Repair>("rows", "Rows", (row) => row.rows),
      ]}
    />
  );
}

export function Rejects({ rejects }: { rejects: Reject[] }) {
  return (
    <DataTable<Reject>
      name="rejects" title="Rows turned away" note="a sample" rows={rejects} rowKey={(row) => `${row.file}:${row.line}:${row.column}`}
      columns={[
        { key: "line", label: "Where", heads: true, value: (row) => `${row.file}:${row.line}`, render: (row) => <span className="mono breaks">{row.file}:{row.line}</span> },
        { key: "column", label: "Column", value: (row) => row.column },
        { key: "value", label: "Value", value: (row) => row.value, render: (row) => <span className="mono breaks">{row.value}</span> },
        { key: "reason", label: "Reason", value: (row) => row.reason },
      ]}
    />
  );
}

export function TagKeys({ load }: { load: Load }) {
  return (
    <DataTable<TagKey>
      name="tags" title="Tag keys on these rows" rows={load.tag_keys ?? []} rowKey={(row) => row.key} order="-rows"
      columns={[
        { key: "key", label: "Key", heads: true, value: (row) => row.key },
        countColumn<TagKey>("rows", "Rows", (row) => row.rows),
      ]}
    />
  );
}
