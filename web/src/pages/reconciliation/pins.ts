/** Where an amount of the statement is explained: all days of the bills asked for. */

import { useDimensions } from "../../api/queries.ts";
import { addDays } from "../../format/dates.ts";
import type { Pins } from "../../state/why.ts";
import { useView } from "../../state/view.ts";

/** A bill may hold days outside its own month, so the window is all of the data and some more. */
const BEYOND = 62;

export function useStatementPins(): (perspective: string | null, metric: string) => Pins {
  const { state } = useView();
  const days = useDimensions().data?.windows;
  const { source, period } = state;
  return (perspective, metric) => ({
    metric,
    ...(perspective ? { perspective } : {}), ...(source ? { source } : {}), ...(period ? { billing_period: period } : {}),
    ...(days ? { from: days.first_day, to: addDays(days.last_day, BEYOND) } : {}),
  });
}
