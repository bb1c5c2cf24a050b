/** What a customer is told of their usage. */

import type { Entitled, OwnUsage } from "../api/own.ts";
import { creditText } from "../format/credits.ts";
import { withCurrency } from "../format/currency.ts";
import { counted, isZero, percentText, exactText } from "../format/decimal.ts";

export function usedText(usage: OwnUsage): string {
  return usage.included === null ? `${creditText(usage.used)} credits` : `${creditText(usage.used)} of ${creditText(usage.included)} credits`;
}

export function answerOf(usage: OwnUsage): string {
  const used = `${usedText(usage)} used${usage.percent === null ? "" : `, ${percentText(usage.percent)}`}`;
  if (usage.included === null) return `${used}; your plan has no limit.`;
  return usage.days_to_reset <= 0 ? `${used}; new credits come today.` : `${used}; ${counted(usage.days_to_reset, "day")} until new credits come.`;
}

/** What holds once a plan is nearly or wholly used. `entitled` comes a little later. */
export function meanwhile(usage: OwnUsage, entitled: Entitled | undefined): string {
  if (usage.state === "near") return "Most of your plan is used. Buy credits to go on without a break.";
  if (usage.state !== "over") return "";
  const over = entitled?.over;
  const beyond = isZero(usage.beyond) ? "" : ` ${creditText(usage.beyond)} credits beyond your plan are used so far.`;
  if (usage.throttle !== null) return `Your credits are used up, so calls are slower now: at most ${counted(usage.throttle, "call")} a minute until new credits come.`;
  if (over?.kind === "overage" && entitled?.allowed === false) return `Your credits are used up, and so is what may be used beyond them: calls are refused until new credits come.${beyond}`;
  if (over?.kind === "overage") return `Your credits are used up. You can go on: each credit more costs ${over.price === null ? "extra" : withCurrency(exactText(over.price), over.currency)}.${beyond}`;
  if (over?.kind === "stop") return "Your credits are used up. Calls are refused until new credits come.";
  return "Your credits are used up.";
}
