/** One load: what was repaired, turned away, and what changed against the load before. */

import { Link } from "wouter";
import { useReport } from "../api/queries.ts";
import type { Load } from "../api/health.ts";
import { Amount } from "../figures/Amount.tsx";
import { Figure, Figures } from "../figures/Figure.tsx";
import { instantText } from "../format/dates.ts";
import { counted, exactText, quantityText } from "../format/decimal.ts";
import { PageBody } from "../page/Page.tsx";
import { PageSkeleton, Problem } from "../page/states.tsx";
import { useView } from "../state/view.ts";
import { loadName, Marks } from "./data/LoadTable.tsx";
import { Changes, LoadControls, Rejects, Repairs, TagKeys } from "./data/LoadParts.tsx";
import { usePeriodPins } from "./data/period.ts";

export default function LoadDetail({ id }: { id: string }) {
  const { href } = useView();
  const query = useReport<Load>(`/loads/${encodeURIComponent(id)}`);
  const load = query.data;
  return (
    <PageBody title={id} question={<><Link className="link" href={href("/data")}>Data health</Link> / Load</>} answer={load ? sentence(load) : null}>
      {query.isError ? <Problem error={query.error} /> : load ? <Body load={load} /> : <PageSkeleton bare />}
    </PageBody>
  );
}

function sentence(load: Load): string {
  const rows = `${counted(load.rows, "row")} of ${load.source}`;
  const turned = load.rejected_rows ? `${quantityText(load.rejected_rows)} turned away` : "none turned away";
  const repaired = load.repairs.length ? counted(load.repairs.length, "kind of repair", "kinds of repair") : "nothing to repair";
  return `${rows}, ${turned}, ${repaired}.`;
}

function Body({ load }: { load: Load }) {
  const total = load.totals[0];
  const currency = total?.currency ?? null;
  const pinsOf = usePeriodPins();
  const pins = (metric: string) => (load.status === "replaced" ? undefined : pinsOf(load.source, load.billing_period, metric));
  return (
    <>
      <p className="meta below">
        <span>{loadName(load)}</span><span>loaded {instantText(load.loaded_at)}</span><span>connector {load.connector}</span><span><Marks load={load} /></span>
      </p>
      <Figures label="Totals of the load">
        <Figure name="BilledCost"><Amount display value={total?.BilledCost} currency={currency} label="BilledCost" why={pins("BilledCost")} /></Figure>
        <Figure name="EffectiveCost"><Amount display value={total?.EffectiveCost} currency={currency} label="EffectiveCost" why={pins("EffectiveCost")} /></Figure>
        <Figure name="Rejected cost" note={<span>{counted(load.rejected_rows, "row")}</span>}><Amount display value={load.rejected_cost?.BilledCost} currency={currency} label="Rejected cost" /></Figure>
        {load.rounding ? <Figure name="Rounded at the door" note={<span>{counted(load.rounding.values, "value")} beyond 12 decimals</span>}><span className="figure-words num">{exactText(load.rounding.total)}</span></Figure> : null}
      </Figures>
      <section className="block"><div className="toolbar"><h2>Files</h2></div><ul>{load.files.map((file) => <li key={file} className="mono breaks">{file}</li>)}</ul></section>
      {load.restatement ? <Changes restatement={load.restatement} currency={currency} /> : null}
      {load.notes?.length ? <section className="block"><div className="toolbar"><h2>Notes</h2></div><ul>{load.notes.map((note) => <li key={note}>{note}</li>)}</ul></section> : null}
      {load.controls?.length ? <LoadControls controls={load.controls} leftOut={load.left_out ?? []} /> : null}
      <Repairs load={load} />
      {load.rejects?.length ? <Rejects rejects={load.rejects} /> : null}
      {load.tag_keys?.length ? <TagKeys load={load} /> : null}
    </>
  );
}
