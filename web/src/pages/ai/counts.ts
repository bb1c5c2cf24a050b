/** Counts of tokens and requests in words. */

import { compactDigits, quantityText } from "../../format/decimal.ts";

/** From a million on, three digits and a letter. */
export function countText(count: number | null): string {
  if (count === null) return "–";
  return Math.abs(count) >= 1_000_000 ? compactDigits(String(count)) : quantityText(count);
}

/** A dimension as it heads a column: "cost_center" is "Cost center". */
export function titled(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
