/** What anomalies are called: their kind and grain, and since when they hold. */

import type { AnomalyKind, Grain } from "../../api/anomalies.ts";
import { addDays, dayText, instantText, rangeText } from "../../format/dates.ts";

export const KINDS: Record<AnomalyKind, string> = { rise: "more than usual", fall: "less than usual", launch: "something new runs" };

/** The metric of AI operations, which are judged as they happen. */
const OPERATIONS = "OperationsCost";

interface Seen {
  grain: Grain;
  metric: string;
  estimated: boolean;
}

export function grainText(one: Seen): string {
  return one.metric === OPERATIONS || one.estimated ? "live, by hour" : one.grain === "D" ? "by day" : "by hour";
}

export function stepText(step: string, grain: Grain, withYear = false): string {
  return grain === "D" ? dayText(step, withYear) : `${dayText(step, withYear)}, ${step.slice(11, 16)}`;
}

/** When a step ends. */
export function endOf(step: string, grain: Grain): string {
  return new Date(Date.parse(step) + (grain === "D" ? 86_400_000 : 3_600_000)).toISOString();
}

/** From the beginning of the first to the end of the last anomalous step. */
export function spanText(one: { first_step: string; last_step: string; grain: Grain }): string {
  const { first_step: first, last_step: last, grain } = one;
  if (grain === "D") return rangeText(first.slice(0, 10), addDays(last, 1));
  const end = endOf(last, grain);
  const sameDay = first.slice(0, 10) === end.slice(0, 10);
  return sameDay ? `${stepText(first, grain, true)} \u2013 ${end.slice(11, 16)} UTC` : `${stepText(first, grain)} \u2013 ${instantText(end)}`;
}

/** A field as people call it: "cost_center" is "cost center"; FOCUS columns stay as they are. */
export function fieldText(field: string): string {
  return field.replaceAll("_", " ");
}

/** Why "(none)" is written is known from the column beside it. */
export function valueText(value: string): string {
  return value === "" ? "(none)" : value;
}
