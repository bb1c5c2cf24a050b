/** Metric, currency, window, freshness, final or estimated: what every total on the page stands on. */

import type { Meta } from "../api/types.ts";
import { dayText, instantText, rangeText } from "../format/dates.ts";

const METRICS: Record<string, string> = {
  EffectiveCost: "Amortized: commitments are spread over what they cover",
  BilledCost: "As invoiced",
};

function daysText(meta: Meta): string {
  const days = meta.days === 1 ? "1 day" : `${meta.days} days`;
  const covered = meta.days_covered ?? meta.days;
  return covered === meta.days ? days : `${days}, ${covered} with data`;
}

export function MetaLine({ meta }: { meta: Meta }) {
  const currency = meta.currency ?? meta.currencies.join(", ");
  const estimated = meta.status === "estimated";
  return (
    <p className="meta">
      <span title={METRICS[meta.metric]}>{meta.metric}</span>
      {currency ? <span>{currency}</span> : null}
      <span>{rangeText(meta.from, meta.to)}</span>
      <span>{daysText(meta)}, {meta.time_zone}</span>
      <span title={meta.loaded_at ? `Loaded ${instantText(meta.loaded_at)}, run ${meta.run_id}` : `Run ${meta.run_id}`}>data through {dayText(meta.data_through)}</span>
      <span className={`status ${meta.status}`} title={estimated ? "A billing period in this window is still open: its bill can change" : "All billing periods in this window are closed"}>
        {estimated ? "Estimated" : "Final"}
      </span>
    </p>
  );
}
