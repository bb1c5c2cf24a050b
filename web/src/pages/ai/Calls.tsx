/** Single calls, the dearest first: where the tree ends. */

import type { Call, OperationsTree } from "../../api/operations.ts";
import { WhyLink } from "../../figures/Amount.tsx";
import { instantText } from "../../format/dates.ts";
import { counted } from "../../format/decimal.ts";
import { stateWords } from "../../format/priceStates.ts";
import type { Column } from "../../table/columns.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { amountColumn, countColumn } from "../../table/money.tsx";
import { operationPins } from "../../why/operations.ts";
import { OperationId, successColumn } from "./callColumns.tsx";

const WITHOUT = { unpriced: true, unknown: true };

export function Calls({ report, csv }: { report: OperationsTree; csv: string }) {
  const { calls, more, meta } = report;
  const name = (row: Call) => row.operation_id;
  const cost = amountColumn<Call>({ key: "cost", label: "Cost", unit: true, currency: meta.currency, value: (row) => row.cost, name, why: (row) => operationPins(row.operation_id) });
  const columns: Column<Call>[] = [
    { key: "time", label: "Began", heads: true, value: (row) => row.time, render: (row) => <><WhyLink walk={[operationPins(row.operation_id)]} className="link nowrap">{instantText(row.time)}</WhyLink><OperationId id={row.operation_id} /></> },
    { key: "feature", label: "Feature", value: (row) => row.feature },
    { key: "model", label: "Model", value: (row) => row.model, render: (row) => <>{row.model ?? "–"}{row.provider ? <span className="sub">{row.provider}</span> : null}</> },
    countColumn<Call>("input_tokens", "In", (row) => row.input_tokens, { title: "Input tokens, cached or not" }),
    countColumn<Call>("output_tokens", "Out", (row) => row.output_tokens, { title: "Output tokens" }),
    { ...cost, render: (row) => (row.cost === null ? <span className="tag warn">{row.price_state in WITHOUT ? stateWords(row.price_state).short : "another currency"}</span> : cost.render?.(row)) },
    successColumn<Call>((row) => row.success),
  ];
  return (
    <div className="wide-table">
      <DataTable<Call>
        name="calls" title="Calls" note={more ? `the dearest ${calls.length}; ${counted(more, "more", "more")}` : String(calls.length)}
        columns={columns} rows={calls} rowKey={name} order="-cost" csv={csv}
      />
    </div>
  );
}
