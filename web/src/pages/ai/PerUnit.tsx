/** What one unit of output costs. */

import type { OperationsMeta, Total, Yielded } from "../../api/operations.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { amountColumn, countColumn } from "../../table/money.tsx";
import { roundDecimal } from "../../format/decimal.ts";

export function PerUnit({ total, meta }: { total: Total; meta: OperationsMeta }) {
  return (
    <div>
      <DataTable<Yielded>
        name="units" title="Cost per unit of output" rows={total.units} rowKey={(row) => row.unit}
        empty={<p className="quiet">No operation says what it yielded: send <code>units</code> and <code>unit</code> with it, or later to <code>/api/v1/operations/outcomes</code>.</p>}
        columns={[
          { key: "unit", label: "Unit", heads: true, value: (row) => row.unit },
          countColumn<Yielded>("units", "Units", (row) => row.units),
          amountColumn<Yielded>({ key: "cost_per_unit", label: "Each", unit: true, currency: meta.currency, value: (row) => row.cost_per_unit, name: (row) => row.unit }),
          countColumn<Yielded>("tokens_per_unit", "Tokens each", (row) => (row.tokens_per_unit === null ? null : roundDecimal(row.tokens_per_unit, 0))),
        ]}
      />
      {total.units.some((row) => row.of === "named") ? <p className="aside-note">Each unit bears the cost of the operations that name it; calls on the way to it are in its feature&rsquo;s cost per unit below.</p> : null}
    </div>
  );
}
