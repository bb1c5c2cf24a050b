/** The scale of credits per day. */

import type { OwnDay } from "../api/own.ts";
import { isZero } from "../format/decimal.ts";

/** Of days without any use there is nothing to measure, and no part of a credit. */
export function ticks(days: OwnDay[], narrow: boolean): Record<string, unknown> {
  if (isUnused(days)) return { max: 1, axisLabel: { show: false }, splitLine: { show: false } };
  return narrow ? { splitNumber: 3 } : {};
}

export function isUnused(days: OwnDay[]): boolean {
  return days.every((day) => isZero(day.credits));
}
