/** Quality in words: a success rate in percent, or a mean value. */

import type { Bounds, Quality, Variant } from "../../api/operations.ts";
import { percentText, unitDigits } from "../../format/decimal.ts";

/** Without a variant, what it is kept apart by is name enough: "(none) on gpt-4o" is "gpt-4o". */
export function nameOf(name: string): string {
  return name.replace(/^\(none\) on /, "");
}

export function qualityName(quality: Quality): string {
  return quality === "success" ? "Success" : "Value";
}

export function qualityText(quality: Quality, value: string): string {
  return quality === "success" ? percentText(value) : unitDigits(value);
}

export function boundsOf(quality: Quality, row: Variant): Bounds | null {
  return quality === "success" ? row.success_bounds : row.value_bounds;
}
