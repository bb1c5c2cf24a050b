/** What one request, transaction or active customer costs, and how that moved. */

import { useReport } from "../../api/queries.ts";
import type { UnitCost, Units } from "../../api/types.ts";
import { Amount } from "../../figures/Amount.tsx";
import { Change } from "../../figures/Change.tsx";
import { Sparkline } from "../../figures/Sparkline.tsx";
import { quantityText, roundDecimal } from "../../format/decimal.ts";
import { Problem, RowsSkeleton } from "../../page/states.tsx";
import { windowPins } from "../../page/previous.ts";
import type { Pins } from "../../state/why.ts";
import { useView } from "../../state/view.ts";

export function UnitCosts() {
  const { params } = useView();
  const query = useReport<Units>("/costs/units", params);
  return (
    <section className="block">
      <div className="toolbar"><h2>Unit costs</h2>{query.data?.headline ? <span className="quiet">{query.data.headline}</span> : null}</div>
      {query.isError ? <Problem error={query.error} /> : query.data ? (
        query.data.units.length ? <ul className="units">{query.data.units.map((unit) => <Unit key={`${unit.measure}-${unit.currency}`} unit={unit} pins={windowPins(query.data.meta)} />)}</ul> : <p className="quiet">No measure is declared in apportion.yaml.</p>
      ) : <RowsSkeleton rows={3} />}
    </section>
  );
}

function Unit({ unit, pins }: { unit: UnitCost; pins: Pins }) {
  return (
    <li>
      <p className="unit-name">Cost per {unit.measure.replace(/s$/, "")}</p>
      <p className="unit-amount"><Amount unit value={unit.cost_per_unit} currency={unit.currency} label={`Cost per ${unit.measure}`} why={pins} /></p>
      <Sparkline points={unit.daily.map((day) => day.cost_per_unit)} width={220} height={44} />
      <p className="quiet unit-note"><Change pct={unit.change_pct} /><span>{unit.quantity === null ? "not measured:" : quantityText(roundDecimal(unit.quantity, 0))} {plural(unit.measure)}</span></p>
    </li>
  );
}

function plural(measure: string): string {
  const words = measure.replaceAll("_", " ");
  return words === "active customer" ? "active customers" : words;
}
