/** Single calls, the dearest first: where the tree ends. */

import type { Call, OperationsTree } from "../../api/operations.ts";
import { instantText } from "../../format/dates.ts";
import { counted } from "../../format/decimal.ts";
import type { Column } from "../../table/columns.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { amountColumn, countColumn } from "../../table/money.tsx";

const WITHOUT: Record<string, string> = { unpriced: "no rate", unknown: "counts missing" };

export function Calls({ report, csv }: { report: OperationsTree; csv: string }) {
  const { calls, more, meta } = report;
  const name = (row: Call) => row.operation_id;
  const cost = amountColumn<Call>({ key: "cost", label: "Cost", unit: true, currency: meta.currency, value: (row) => row.cost, name });
  const columns: Column<Call>[] = [
    { key: "time", label: "Began", heads: true, value: (row) => row.time, render: (row) => <>{instantText(row.time)}<span className="sub mono">{row.operation_id}</span></> },
    { key: "feature", label: "Feature", value: (row) => row.feature },
    { key: "model", label: "Model", value: (row) => row.model, render: (row) => <>{row.model ?? "–"}{row.provider ? <span className="sub">{row.provider}</span> : null}</> },
    countColumn<Call>("input_tokens", "In", (row) => row.input_tokens, { title: "Input tokens, cached or not" }),
    countColumn<Call>("output_tokens", "Out", (row) => row.output_tokens, { title: "Output tokens" }),
    { ...cost, render: (row) => (row.cost === null ? <span className="tag warn">{WITHOUT[row.price_state] ?? "another currency"}</span> : cost.render?.(row)) },
    { key: "success", label: "Success", value: (row) => (row.success === null ? null : row.success ? "yes" : "no"), render: (row) => (row.success === null ? <span className="quieter">not judged</span> : row.success ? "yes" : <span className="tag bad">no</span>) },
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
