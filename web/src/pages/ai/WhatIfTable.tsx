/** Every group at every model: now and there, in all and for a request, and what is left out. */

import { Link } from "wouter";
import type { Alternative, OperationsWhatIf } from "../../api/operations.ts";
import { Change } from "../../figures/Change.tsx";
import { amountDigits, counted, exactText, quantityText } from "../../format/decimal.ts";
import type { Column } from "../../table/columns.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { amountColumn, countColumn } from "../../table/money.tsx";
import { useAsked } from "./asked.ts";
import { titled } from "./counts.ts";
import { groupName } from "./otherModels.ts";
import { leftOut } from "./WhatIfWords.tsx";

export function WhatIfTable({ report, csv }: { report: OperationsWhatIf; csv: string }) {
  const { pins, to } = useAsked();
  const { by, meta, alternatives, more } = report;
  const { currency } = meta;
  const name = (row: Alternative) => `${groupName(row, by)} at ${row.model}`;
  const known = (row: Alternative, amount: string | null) => (row.compared ? amount : null);
  const columns: Column<Alternative>[] = [
    {
      key: "group", label: by.map(titled).join(" · ") || "Operations", heads: true, value: (row) => groupName(row, by),
      render: (row) => <Link className="link" href={to("/ai/operations", { ...pins, ...row.key })}>{groupName(row, by)}</Link>,
    },
    { key: "model", label: "At", value: (row) => row.model },
    countColumn<Alternative>("compared", "Compared", (row) => row.compared, {
      title: "Operations that are priced now and there",
      render: (row) => <span className="num" title={leftOut(row)}>{quantityText(row.compared)}{row.compared < row.operations ? <span className="sub">of {quantityText(row.operations)}</span> : null}</span>,
    }),
    amountColumn<Alternative>({ key: "cost_now", label: "Now", currency, value: (row) => known(row, row.cost_now), name }),
    amountColumn<Alternative>({ key: "cost_then", label: "There", currency, value: (row) => known(row, row.cost_then), name }),
    { key: "difference", label: "Difference", unit: currency, numeric: true, value: (row) => known(row, row.difference), render: (row) => <span className="num" title={exactText(row.difference)}>{row.compared ? amountDigits(row.difference) : "–"}</span> },
    { key: "difference_pct", label: "Change", numeric: true, value: (row) => row.difference_pct, render: (row) => <Change pct={row.difference_pct} label="against the cost now" /> },
    amountColumn<Alternative>({ key: "per_request_now", label: "A request now", unit: true, currency, value: (row) => row.per_request_now, name, spare: 1 }),
    amountColumn<Alternative>({ key: "per_request_then", label: "A request there", unit: true, currency, value: (row) => row.per_request_then, name }),
  ];
  return (
    <div className="wide-table">
      <DataTable<Alternative>
        name="alternatives" title="At other prices" note={more ? `${counted(more, "row")} more` : String(alternatives.length)} columns={columns} rows={alternatives}
        rowKey={name} csv={csv} empty={<p className="quiet">No operation is like this in this window. Take a filter away above, or choose more days.</p>}
      />
    </div>
  );
}
