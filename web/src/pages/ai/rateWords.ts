/** A rate in words: what it is for, under which conditions, when it holds. */

import type { RateRow } from "../../api/operation.ts";
import { addDays, dayText, rangeText } from "../../format/dates.ts";
import { exactText, quantityText } from "../../format/decimal.ts";
import { currencySign } from "../../format/currency.ts";

export function conditionsOf(rate: RateRow): string {
  const tier = rate.service_tier === "*" ? "at any tier" : rate.service_tier ? `at the ${rate.service_tier} tier` : "";
  const said = [
    tier,
    rate.batch ? "in batches" : "",
    rate.region ? `in ${rate.region}` : "",
    rate.above ? `calls that read more than ${quantityText(rate.above)} input tokens, for all their tokens` : "",
    rate.from_time && rate.to_time ? `from ${rate.from_time} to ${rate.to_time} UTC` : "",
  ].filter(Boolean);
  return said.join(", ") || "standard";
}

/** Half-open days in inclusive words. */
export function holdsOf(rate: RateRow): string {
  const { valid_from: from, valid_to: to } = rate;
  if (from && to) return rangeText(from, to);
  if (from) return `from ${dayText(from, true)}`;
  return to ? `until ${dayText(addDays(to, -1), true)}` : "always";
}

/** "$2.50", with "a million tokens" for its unit; a discount is percent. */
export function priceText(rate: RateRow): string {
  if (rate.kind === "discount") return `${exactText(rate.price, 0)}%`;
  return `${rate.currency ? currencySign(rate.currency) : ""}${exactText(rate.price)}`;
}

export function unitText(rate: RateRow): string {
  if (rate.kind === "discount") return rate.price.startsWith("-") ? "on top of the list" : "off the list";
  return /^(million|thousand)/.test(rate.unit) || rate.unit === "request" ? `a ${rate.unit}` : `per ${rate.unit}`;
}
