/** What changed in rules and data, and whose cost moves by how much: of two runs, or of a plan. */

import type { Changes } from "../../api/runs.ts";
import { Amount } from "../../figures/Amount.tsx";
import { Figure, Figures } from "../../figures/Figure.tsx";
import { rangeText } from "../../format/dates.ts";
import { compareDecimals, percentText, quantityText } from "../../format/decimal.ts";
import { useView } from "../../state/view.ts";
import { DataChanges, RuleChanges, Settings } from "./Causes.tsx";
import { Moves } from "./Moves.tsx";

interface DifferenceProps {
  changes: Changes;
  /** Which side the why panel explains: the one whose results stand. */
  standing: "before" | "after" | null;
  csv: (table: string) => string;
}

export function Difference({ changes, standing, csv }: DifferenceProps) {
  const { state, set } = useView();
  const { perspectives, meta } = changes;
  const [first] = [...perspectives].sort((a, b) => compareDecimals(b.moved, a.moved));
  const chosen = perspectives.find((one) => one.perspective === state["perspective"] && one.currency === (state["currency"] ?? one.currency)) ?? first;
  return (
    <>
      <section className="block" aria-labelledby="difference-title">
        <div className="toolbar"><h2 id="difference-title">{changes.kind === "plan" ? "What a run would change" : "What changed"}</h2><span className="quiet">{meta.metric}, {rangeText(meta.from, meta.to)}</span></div>
        {changes.kind === "diff" ? <p className="difference-answer" data-testid="difference">{changes.headline}</p> : null}
        {changes.notes.map((note) => <p key={note} className="quiet">{note}</p>)}
      </section>
      {perspectives.length > 1 ? (
        <div className="toolbar-choice" role="group" aria-label="Perspective">
          {perspectives.map((one) => (
            <button key={`${one.perspective} ${one.currency}`} type="button" className="text-button" aria-pressed={one === chosen} onClick={() => set({ perspective: one.perspective })}>
              {one.perspective}{meta.currencies.length > 1 ? ` ${one.currency}` : ""} <span className="quieter">{one.targets_moved ? `${quantityText(one.targets_moved)} move` : "nothing moves"}</span>
            </button>
          ))}
        </div>
      ) : null}
      {chosen ? (
        <>
          <Figures label={`Perspective ${chosen.perspective}`}>
            <Figure name="Moves" note={<span>{chosen.moved_pct === null ? "" : `${percentText(chosen.moved_pct)} of the cost`}</span>}><span data-testid="moved"><Amount display compact value={chosen.moved} currency={chosen.currency} label="Moved" /></span></Figure>
            <Figure name="Cost before" note={<span>{quantityText(chosen.targets_before)} targets</span>}><Amount display compact value={chosen.total_before} currency={chosen.currency} label="Cost before" /></Figure>
            <Figure name="Cost after" note={<span>{quantityText(chosen.targets_after)} targets{chosen.targets_new ? `, ${chosen.targets_new} new` : ""}{chosen.targets_gone ? `, ${chosen.targets_gone} gone` : ""}</span>}><Amount display compact value={chosen.total_after} currency={chosen.currency} label="Cost after" /></Figure>
            <Figure name="Unallocated after" note={<>before <Amount value={chosen.unallocated_before} currency={chosen.currency} label="Unallocated before" /></>}><Amount display compact value={chosen.unallocated_after} currency={chosen.currency} label="Unallocated after" /></Figure>
            <Figure name="Idle after" note={<>before <Amount value={chosen.idle_before} currency={chosen.currency} label="Idle before" /></>}><Amount display compact value={chosen.idle_after} currency={chosen.currency} label="Idle after" /></Figure>
          </Figures>
        </>
      ) : null}
      <RuleChanges rules={changes.rules} csv={csv("rules")} />
      <Settings settings={changes.settings} csv={csv("settings")} />
      {chosen ? <Moves changes={changes} chosen={chosen} standing={standing} csv={csv("targets")} /> : null}
      <DataChanges data={changes.data} more={changes.data_more} csv={csv("data")} />
    </>
  );
}
