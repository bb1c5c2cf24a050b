/** What the cost lacks, said openly: operations without a rate, without counts, in another currency. */

import { csvAddress } from "../../api/client.ts";
import type { Group, OperationsBreakdown, Total } from "../../api/operations.ts";
import { useReport } from "../../api/queries.ts";
import { counted } from "../../format/decimal.ts";
import { Command } from "../../page/states.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import { countColumn } from "../../table/money.tsx";
import { useAsked } from "./asked.ts";
import { OneByOne } from "./figureColumns.tsx";

export function NotInCost({ total }: { total: Total }) {
  const said = [
    total.unpriced ? `${counted(total.unpriced, "operation")} whose model has no rate` : "",
    total.unknown ? `${counted(total.unknown, "operation")} that told too little to be priced` : "",
    total.other_currency ? `${counted(total.other_currency, "operation")} in another currency` : "",
  ].filter(Boolean);
  if (!said.length) return null;
  return (
    <details className="openly">
      <summary data-testid="not-in-cost"><span className="tag warn">Not in the cost</span> <span className="quiet">{said.join("; ")}</span></summary>
      {total.unpriced ? <Without state="unpriced" title="Models without a rate" /> : null}
      {total.unpriced ? <><p className="aside-note">Give a model its rate under <code>rates</code> in <code>apportion.yaml</code>, then price its operations again:</p><Command>{"apportion rates unpriced\napportion rates rerate"}</Command></> : null}
      {total.unknown ? <Without state="unknown" title="Models whose counts are missing" /> : null}
    </details>
  );
}

function Without({ state, title }: { state: "unpriced" | "unknown"; title: string }) {
  const { params, pins, to } = useAsked();
  const asked = { ...params, price_state: state, by: "provider,model" };
  const query = useReport<OperationsBreakdown>("/operations/breakdown", asked);
  const rows = query.data?.groups ?? [];
  if (!query.data) return null;
  return (
    <DataTable<Group>
      name={state} title={title} rows={rows} rowKey={(row) => Object.values(row.key).join(" ")} csv={csvAddress("/operations/breakdown", asked)}
      columns={[
        { key: "model", label: "Model", heads: true, value: (row) => row.key["model"] ?? "" },
        { key: "provider", label: "Provider", value: (row) => row.key["provider"] ?? "" },
        countColumn<Group>("operations", "Requests", (row) => row.operations, { render: (row) => <OneByOne count={row.operations} name={row.key["model"] ?? ""} to={to("/ai/operations", { ...pins, ...row.key, price_state: state })} /> }),
        countColumn<Group>("tokens", "Tokens", (row) => row.tokens),
      ]}
    />
  );
}
