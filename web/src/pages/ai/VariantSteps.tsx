/** Along the efficient frontier: what each better variant costs more. */

import type { OperationsVariants, VariantStep } from "../../api/operations.ts";
import { roundDecimal } from "../../format/decimal.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { amountColumn } from "../../table/money.tsx";
import { nameOf } from "./quality.ts";

export function VariantSteps({ report, csv }: { report: OperationsVariants; csv: string }) {
  const { meta, steps, quality } = report;
  const places = quality === "success" ? 1 : 3;
  const name = (row: VariantStep) => nameOf(row.better);
  return (
    <DataTable<VariantStep>
      name="steps" title="What better costs" rows={steps} rowKey={name} csv={csv}
      empty={<p className="quiet">No variant is both better and dearer than the cheapest: there is nothing to pay more for.</p>}
      columns={[
        {
          key: "better", label: "Variant", heads: true, value: name,
          render: (row) => <>{name(row)}<span className="sub">over {nameOf(row.cheaper)}</span>{row.proven ? null : <span className="tag warn" title="Their intervals overlap">may be chance</span>}</>,
        },
        { key: "extra_quality", label: quality === "success" ? "Points" : "Value", numeric: true, title: quality === "success" ? "Percentage points of success more" : "Mean value more", value: (row) => row.extra_quality, render: (row) => <span className="num">+{roundDecimal(row.extra_quality, places)}</span> },
        amountColumn<VariantStep>({ key: "extra_cost", label: "More a request", unit: true, currency: meta.currency, value: (row) => row.extra_cost, name }),
        amountColumn<VariantStep>({ key: "cost_per_point", label: quality === "success" ? "Each point" : "Per 1 of value", unit: true, currency: meta.currency, value: (row) => row.cost_per_point, name }),
      ]}
    />
  );
}
