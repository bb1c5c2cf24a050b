/** Credits for people: two decimals at most, and none where they say nothing. */

import { amountDigits } from "./decimal.ts";

export function creditText(text: string): string {
  const digits = amountDigits(text);
  return digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
}
