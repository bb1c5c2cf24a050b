/** Credits in words: how somebody stands, what happens beyond a plan, what an entry of the ledger is. */

import type { Beyond, CreditRow, Plan } from "../../api/credits.ts";
import { creditText } from "../../format/credits.ts";
import { withCurrency } from "../../format/currency.ts";
import { amountDigits, counted, isZero, percentText, exactText } from "../../format/decimal.ts";

const STATES = {
  within: { tone: " good", words: "Credits are left" },
  near: { tone: " warn", words: "Most of what the plan includes is used" },
  over: { tone: " bad", words: "No credits are left" },
} as const;

export function CreditStateTag({ row }: { row: CreditRow }) {
  if (row.plan === null) return <span className="tag">no plan</span>;
  if (row.unlimited) return <span className="tag" title="The plan does not limit credits">no limit</span>;
  const known = STATES[row.state];
  return <span className={`tag${known.tone}`} title={known.words}>{row.state}</span>;
}

interface Consequence {
  kind: "overage" | "throttle" | "stop" | "none";
  price: string | null;
  cap: string | null;
  currency: string | null;
  calls: number | null;
}

function consequence({ kind, price, cap, currency, calls }: Consequence): string {
  if (kind === "none") return "no limit";
  if (kind === "throttle") return calls === null ? "calls become slower" : `slower: ${counted(calls, "call")} a minute`;
  if (kind === "stop") return "calls are refused";
  const most = cap === null ? "" : `, up to ${withCurrency(amountDigits(cap), currency)}`;
  return price === null ? `overage${most}` : `${withCurrency(exactText(price), currency)} a credit${most}`;
}

export function beyondPlan(plan: Plan): string {
  return consequence({ kind: plan.beyond, price: plan.overage_price, cap: plan.overage_cap, currency: plan.currency, calls: plan.calls_per_minute });
}

/** What happens to somebody without credits, and what that has come to. */
export function beyondNow(over: Beyond): string {
  const what = consequence({ ...over, calls: over.calls_per_minute });
  if (isZero(over.credits)) return what;
  return `${creditText(over.credits)} credits beyond the plan${over.cost === null ? "" : `, ${withCurrency(amountDigits(over.cost), over.currency)}`} (${what})`;
}

const GRANTS: Record<string, string> = { included: "included in the plan", top_up: "bought", promotion: "given", refund: "paid back", adjustment: "corrected" };

export function grantText(kind: string): string {
  return GRANTS[kind] ?? kind.replaceAll("_", " ");
}

const ENTRIES: Record<string, string> = { grant: "granted", use: "used", return: "used less than thought", refund: "paid back", expire: "expired", restore: "restored", take_back: "taken back" };

export function entryText(kind: string): string {
  return ENTRIES[kind] ?? kind.replaceAll("_", " ");
}

export function Credits({ value }: { value: string }) {
  return <span className="num" title={value}><data value={value}>{creditText(value)}</data></span>;
}

export function planText(row: CreditRow): string {
  return row.plan === null ? "no plan" : row.plan.title;
}

/** "Acme Corp has used 1,240.5 of 1,000 credits, 124.1%." */
export function standingText(row: CreditRow): string {
  const used = `${row.name} has used ${creditText(row.used)}`;
  if (row.plan === null) return `${used} credits, and has no plan.`;
  if (row.included === null) return `${used} credits; the plan has no limit.`;
  const share = row.percent === null ? "" : `, ${percentText(row.percent)}`;
  return `${used} of ${creditText(row.included)} credits${share}${row.state === "over" ? "; none are left" : ""}.`;
}
