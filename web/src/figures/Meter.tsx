/** How full something is: what is used, what is held beside it, and where the limit is once it is passed. */

import { geometry } from "../format/decimal.ts";

export type Fullness = "within" | "near" | "over";

interface MeterProps {
  /** In percent of the limit. */
  used: string;
  held?: string;
  state: Fullness;
  /** What it measures, for screen readers; without it the numbers beside it say it all. */
  label?: string;
}

export function Meter({ used, held = "0", state, label }: MeterProps) {
  const [full, more] = [Math.max(0, geometry(used)), Math.max(0, geometry(held))];
  const whole = Math.max(100, full + more);
  const share = (part: number) => `${(100 * part) / whole}%`;
  const spoken = label ? { role: "meter", "aria-label": label, "aria-valuemin": 0, "aria-valuemax": Math.round(whole), "aria-valuenow": Math.round(full), "aria-valuetext": label } : { "aria-hidden": true };
  return (
    <span className={`meter meter-${state}`} {...spoken}>
      <span className="meter-used" style={{ width: share(full) }} />
      {more ? <span className="meter-held" style={{ width: share(more) }} /> : null}
      {whole > 100 ? <span className="meter-limit" style={{ left: share(100) }} /> : null}
    </span>
  );
}
