/** The steps as a table: what each adds, how many rows, and why; an amount leads to the rows behind it. */

import { Link } from "wouter";
import type { BridgeStep } from "../../api/bills.ts";
import { Amount } from "../../figures/Amount.tsx";
import { isNegative } from "../../format/decimal.ts";
import { patchState } from "../../state/url.ts";
import { useView } from "../../state/view.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { countColumn } from "../../table/money.tsx";

export function Steps({ steps, currency, csv }: { steps: BridgeStep[]; currency: string; csv: string }) {
  const { search } = useView();
  return (
    <DataTable<BridgeStep>
      name="steps" title="Steps" note="they add up to the last digit" rows={steps} rowKey={(row) => row.step} csv={csv}
      rowClass={(row) => (row.kind === "change" ? undefined : "total")}
      columns={[
        { key: "label", label: "Step", heads: true, value: (row) => row.label, render: (row) => <>{row.kind === "total" ? "= " : ""}{row.label}<span className="sub wrap">{row.sentence}</span></> },
        countColumn<BridgeStep>("rows", "Rows", (row) => row.rows),
        {
          key: "amount", label: "Amount", unit: currency, numeric: true, value: (row) => row.amount,
          render: (row) => <Link className="door" href={`/bridge${patchState(search, { step: row.step, line: undefined, of: undefined })}`} aria-label={`Rows behind ${row.label}`}>{row.kind === "change" && !isNegative(row.amount) ? <span className="num">+</span> : null}<Amount bare value={row.amount} currency={currency} label={row.label} /></Link>,
        },
      ]}
    />
  );
}
