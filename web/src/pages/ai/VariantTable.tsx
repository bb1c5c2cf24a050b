/** Every variant: what a request costs, how good it is, and between which bounds. */

import { Link } from "wouter";
import type { OperationsVariants, Variant } from "../../api/operations.ts";
import { unitDigits } from "../../format/decimal.ts";
import type { Column } from "../../table/columns.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { amountColumn, countColumn } from "../../table/money.tsx";
import { useAsked } from "./asked.ts";
import { OneByOne } from "./figureColumns.tsx";
import { boundsOf, nameOf, qualityName, qualityText } from "./quality.ts";

export function VariantTable({ report, csv }: { report: OperationsVariants; csv: string }) {
  const { pins, to } = useAsked();
  const { meta, quality, variants, prompt } = report;
  const name = (row: Variant) => nameOf(row.name);
  const into = (row: Variant) => to("/ai/tree", { ...pins, prompt, ...row.key });
  const columns: Column<Variant>[] = [
    {
      key: "name", label: "Variant", heads: true, value: name,
      render: (row) => <><Link className="link" href={into(row)}>{name(row)}</Link>{row.efficient ? <> <span className="tag good">efficient</span></> : null}{row.instead ? <span className="sub">{nameOf(row.instead)} is as good for less</span> : null}</>,
    },
    amountColumn<Variant>({ key: "cost_per_request", label: "A request", unit: true, currency: meta.currency, value: (row) => row.cost_per_request, name, to: into }),
    { key: "cost_bounds", label: "95 % between", unit: meta.currency, numeric: true, spare: 2, value: (row) => row.cost_bounds?.low ?? null, render: (row) => (row.cost_bounds ? <span className="num quiet">{unitDigits(row.cost_bounds.low)} – {unitDigits(row.cost_bounds.high)}</span> : <span className="quieter">–</span>) },
    { key: "quality", label: qualityName(quality), numeric: true, value: (row) => row.quality, render: (row) => <span className="num">{row.quality === null ? "–" : qualityText(quality, row.quality)}</span> },
    {
      key: "quality_bounds", label: "95 % between", numeric: true, spare: 2, value: (row) => boundsOf(quality, row)?.low ?? null,
      render: (row) => { const bounds = boundsOf(quality, row); return bounds ? <span className="num quiet">{qualityText(quality, bounds.low)} – {qualityText(quality, bounds.high)}</span> : <span className="quieter">–</span>; },
    },
    countColumn<Variant>("operations", "Requests", (row) => row.operations, { render: (row) => <OneByOne count={row.operations} name={name(row)} to={to("/ai/operations", { ...pins, prompt, ...row.key })} /> }),
    countColumn<Variant>("judged", quality === "success" ? "Judged" : "Valued", (row) => (quality === "success" ? row.judged : row.valued)),
    amountColumn<Variant>({ key: "cost_per_success", label: "Per success", unit: true, currency: meta.currency, value: (row) => row.cost_per_success, name, spare: 1 }),
    amountColumn<Variant>({ key: "cost", label: "Cost", currency: meta.currency, value: (row) => row.cost, name, to: into }),
  ];
  return (
    <div className="wide-table">
      <DataTable<Variant> name="variants" title={`Variants of ${prompt}`} note={String(variants.length)} columns={columns} rows={variants} rowKey={name} order="cost_per_request" csv={csv} />
    </div>
  );
}
