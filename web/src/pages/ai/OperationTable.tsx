/** Operations one by one; each opens into what it is and how it was priced. */

import type { CarryingOperation } from "../../api/operations.ts";
import { Amount, WhyLink } from "../../figures/Amount.tsx";
import { instantText } from "../../format/dates.ts";
import { counted, quantityText } from "../../format/decimal.ts";
import { modelText, stateWords } from "../../format/priceStates.ts";
import type { Column } from "../../table/columns.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { amountColumn, countColumn } from "../../table/money.tsx";
import { operationPins } from "../../why/operations.ts";
import { OperationId, successColumn } from "./callColumns.tsx";

const MOST = 1000;

export function OperationTable({ rows, csv, more }: { rows: CarryingOperation[]; csv: string; more: boolean }) {
  const currency = rows.find((row) => row.currency)?.currency ?? null;
  const one = rows.every((row) => row.currency === null || row.currency === currency) ? currency : null;
  const columns: Column<CarryingOperation>[] = [
    {
      key: "time", label: "Began", heads: true, value: (row) => row.time,
      render: (row) => <><WhyLink walk={[operationPins(row.operation_id)]} className="link nowrap">{instantText(row.time)}</WhyLink><OperationId id={row.operation_id} /></>,
    },
    { key: "feature", label: "Feature", value: (row) => row.feature, render: (row) => <Two first={row.feature} second={[row.prompt, row.variant].filter(Boolean).join(", ")} /> },
    { key: "customer", label: "Customer", value: (row) => row.customer, render: (row) => <Two first={row.customer} second={row.plan} /> },
    { key: "model", label: "Model", value: (row) => modelText(row), render: (row) => <Two first={row.model ?? row.requested_model} second={row.provider} /> },
    ...(rows.some((row) => row.requests !== null && row.requests > 1) ? [countColumn<CarryingOperation>("requests", "Requests", (row) => row.requests)] : []),
    tokens("input_tokens", "In", "Input tokens, and how many of them came from a cache", (row) => row.input_tokens, (row) => row.cache_read_tokens),
    tokens("output_tokens", "Out", "Output tokens", (row) => row.output_tokens),
    {
      key: "cost", label: "Cost", numeric: true, unit: one, value: (row) => row.cost,
      render: (row) => <Cost row={row} bare={one !== null} />,
    },
    ...(rows.some((row) => row.overhead !== null) ? [carried(one)] : []),
    { ...successColumn<CarryingOperation>((row) => row.success), spare: 1 },
  ];
  return (
    <div className="wide-table">
      <DataTable<CarryingOperation>
        paged name="operations" title="Operations" note={more ? `the newest ${quantityText(rows.length)}; CSV has the newest ${quantityText(MOST)}` : quantityText(rows.length)}
        columns={columns} rows={rows} rowKey={(row) => row.operation_id} csv={csv} empty={<p className="quiet">No operation is like this in this window. Take a filter away above, or choose more days.</p>}
      />
    </div>
  );
}

function Two({ first, second }: { first: string | null; second: string | null }) {
  return <>{first ?? <span className="quieter">–</span>}{second ? <span className="sub">{second}</span> : null}</>;
}

function Cost({ row, bare }: { row: CarryingOperation; bare: boolean }) {
  if (row.cost === null) {
    return <span className="tag warn" title={`${stateWords(row.price_state).words} ${modelText(row)}`}>{row.price_state === "unpriced" ? `no rate: ${modelText(row)}` : stateWords(row.price_state).short}</span>;
  }
  return (
    <>
      <Amount bare={bare} unit value={row.cost} currency={row.currency} label={`Cost of ${row.operation_id}`} why={operationPins(row.operation_id)} />
      {row.price_state === "priced" ? null : <span className="sub" title={stateWords(row.price_state).words}>{stateWords(row.price_state).short}</span>}
    </>
  );
}

function carried(currency: string | null): Column<CarryingOperation> {
  const column = amountColumn<CarryingOperation>({ key: "overhead", label: "Carries", unit: true, currency: currency ?? ((row) => row.currency ?? ""), value: (row) => row.overhead, name: (row) => row.operation_id, spare: 1 });
  return { ...column, title: "Infrastructure that it carries besides, which is not in its cost" };
}

function tokens(key: string, label: string, title: string, value: (row: CarryingOperation) => number | null, cached?: (row: CarryingOperation) => number | null): Column<CarryingOperation> {
  return {
    ...countColumn<CarryingOperation>(key, label, value, { title, spare: 2 }),
    render: (row) => (
      <span className="num" title={value(row) === null ? "Not told" : counted(value(row) ?? 0, "token")}>
        {value(row) === null ? "–" : quantityText(value(row))}
        {cached?.(row) ? <span className="sub">{quantityText(cached(row))} cached</span> : null}
      </span>
    ),
  };
}
