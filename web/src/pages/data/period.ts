/** Where the cost of a source's billing period is explained. */

import { useDimensions } from "../../api/queries.ts";
import { addDays } from "../../format/dates.ts";
import type { Pins } from "../../state/why.ts";

/** A bill may hold days outside its own month, so the window is all of the data. */
const BEYOND = 62;

export function usePeriodPins(): (source: string, period: string, metric: string) => Pins {
  const days = useDimensions().data?.windows;
  return (source, period, metric) => ({
    source, billing_period: period, metric,
    ...(days ? { from: days.first_day, to: addDays(days.last_day, BEYOND) } : {}),
  });
}
