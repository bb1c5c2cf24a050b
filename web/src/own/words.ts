/** What a customer is told of their usage. */

import type { Entitled, OwnUsage } from "../api/own.ts";
import { creditText } from "../format/credits.ts";
import { withCurrency } from "../format/currency.ts";
import { dayIn, dayText } from "../format/dates.ts";
import { counted, isZero, percentText, exactText } from "../format/decimal.ts";

const DAY_MS = 86_400_000;

/** Whether the page ends with a use that is old, as nothing newer has come in. */
function isPast(usage: OwnUsage): boolean {
  return Date.now() - Date.parse(usage.as_of) > DAY_MS;
}

/** Whether the period that is shown is over by now. */
function isOver(usage: OwnUsage): boolean {
  return Date.parse(usage.resets_at) <= Date.now();
}

export function usedText(usage: OwnUsage): string {
  return usage.included === null ? `${creditText(usage.used)} credits` : `${creditText(usage.used)} of ${creditText(usage.included)} credits`;
}

export function answerOf(usage: OwnUsage): string {
  const used = `${usedText(usage)} used${usage.percent === null ? "" : `, ${percentText(usage.percent)}`}`;
  if (isPast(usage)) return `${used}; that is as of ${dayText(dayIn(usage.as_of, usage.time_zone), true)}, the newest use.${pastCredits(usage)}`;
  if (usage.included === null) return `${used}; your plan has no limit.`;
  return usage.days_to_reset <= 0 ? `${used}; new credits come today.` : `${used}; ${counted(usage.days_to_reset, "day")} until new credits come.`;
}

function pastCredits(usage: OwnUsage): string {
  return usage.included === null ? "" : ` New credits ${isOver(usage) ? "came" : "come"} on ${dayText(usage.period_end, true)}.`;
}

/** When new credits come, beside their day. */
export function whenNew(usage: OwnUsage): string {
  const days = usage.days_to_reset;
  if (isPast(usage)) return isOver(usage) ? "have come" : "to come";
  return days <= 0 ? "today" : days === 1 ? "tomorrow" : `in ${days} days`;
}

/** What holds once a plan is nearly or wholly used. `entitled` comes a little later. */
export function meanwhile(usage: OwnUsage, entitled: Entitled | undefined): string {
  if (isPast(usage) && isOver(usage)) return "";
  if (usage.state === "near") return "Most of your plan is used. Buy credits to go on without a break.";
  if (usage.state !== "over") return "";
  const over = entitled?.over;
  const until = usage.buy_url ? "until you buy credits or new ones come" : "until new credits come";
  const beyond = isZero(usage.beyond) ? "" : ` ${creditText(usage.beyond)} credits beyond your plan are used so far.`;
  if (usage.throttle !== null) return `Your credits are used up, so calls are slower now: at most ${counted(usage.throttle, "call")} a minute ${until}.`;
  if (over?.kind === "overage" && entitled?.allowed === false) return `Your credits are used up, and so is what may be used beyond them: calls are refused ${until}.${beyond}`;
  if (over?.kind === "overage") return `Your credits are used up. You can go on: each credit more costs ${over.price === null ? "extra" : withCurrency(exactText(over.price), over.currency)}.${beyond}`;
  if (over?.kind === "stop") return `Your credits are used up. Calls are refused ${until}.`;
  return "Your credits are used up.";
}
