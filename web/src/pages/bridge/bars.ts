/** Where the bars of a waterfall stand. */

import { geometry } from "../../format/decimal.ts";

export interface Bar {
  from: number;
  to: number;
}

/** Starts and totals stand on zero, a change hangs where the step before it ended. The amounts shown are the API's. */
export function barsOf(steps: { kind: string; amount: string }[]): Bar[] {
  let at = 0;
  return steps.map((step) => {
    const from = step.kind === "change" ? at : 0;
    at = from + geometry(step.amount);
    return { from, to: at };
  });
}
