/** Which bill the address asks about, and which bills there are. */

import type { Params } from "../../api/client.ts";
import type { Load } from "../../api/health.ts";
import { useView } from "../../state/view.ts";

export const HIDEABLE = ["credits", "refunds", "tax", "support", "marketplace"];

export interface Known {
  source: string;
  /** Newest first. */
  periods: string[];
}

export function standingPeriods(loads: Load[]): Known[] {
  const found = new Map<string, Set<string>>();
  for (const load of loads) found.set(load.source, (found.get(load.source) ?? new Set()).add(load.billing_period));
  return [...found].sort(([a], [b]) => a.localeCompare(b)).map(([source, periods]) => ({ source, periods: [...periods].sort().reverse() }));
}

export function useBridgeParams(known: Known[]): Params {
  const { state } = useView();
  const source = state["source"] ?? known[0]?.source;
  const period = state["period"] ?? known.find((one) => one.source === source)?.periods[0];
  return { source, period, account: state["account"], without: state["without"] };
}

export function hiddenParts(without: string | undefined): string[] {
  return (without ?? "").split(",").filter(Boolean);
}
