/** Plans, who has which, and the ledger of their credits. */

import type { Decimal, Percent } from "./types.ts";

export type CreditState = "within" | "near" | "over";

export interface PlanNamed {
  name: string;
  title: string;
  source: "subscription" | "list" | "default";
}

export interface Plan {
  name: string;
  title: string;
  is_default: boolean;
  included: Decimal | null;
  period: string;
  rollover: Decimal | null;
  beyond: "overage" | "throttle" | "stop" | "none";
  overage_price: Decimal | null;
  overage_cap: Decimal | null;
  currency: string;
  calls_per_minute: number | null;
  thresholds: number[];
  /** How many have it today. */
  customers: number;
}

export interface PlanList {
  headline: string;
  default: string | null;
  without_plan: "allow" | "deny";
  plans: Plan[];
}

/** What happens to a customer without credits. */
export interface Beyond {
  kind: "overage" | "throttle" | "stop";
  credits: Decimal;
  cost: Decimal | null;
  currency: string | null;
  price: Decimal | null;
  cap: Decimal | null;
  calls_per_minute: number | null;
}

export interface CreditRow {
  customer: string;
  name: string;
  plan: PlanNamed | null;
  state: CreditState;
  unlimited: boolean;
  included: Decimal | null;
  used: Decimal;
  percent: Percent;
  balance: Decimal;
  over: Beyond | null;
  /** Operations whose credits follow a cost that nobody knows. */
  uncounted: number;
  /** Where the newest use ends, or what was asked for; null is now. */
  as_of?: string | null;
  period_start: string;
  period_end: string;
  resets_at: string;
  contact: string;
}

export interface CreditList {
  headline: string;
  as_of: string | null;
  credits: CreditRow[];
  next_cursor: string | null;
}

export interface Grant {
  grant_id: string;
  kind: string;
  plan: string;
  reason: string;
  who: string;
  granted: Decimal;
  used: Decimal;
  expired: Decimal;
  taken_back: Decimal | null;
  left: Decimal;
  priority: number;
  starts: string;
  expires: string | null;
  ends: string | null;
}

export interface Entry {
  number: number;
  at: string;
  kind: string;
  credits: Decimal;
  grant_id: string;
  operation_id: string;
  feature: string;
  day: string;
  reference: string;
  reason: string;
  who: string;
}

export interface Subscription {
  plan: string;
  since: string;
  until: string | null;
  contact: string;
}

export interface OneCredits extends CreditRow {
  buy_url: string | null;
  subscriptions: Subscription[];
  grants: Grant[];
  entries: Entry[];
  next_cursor: string | null;
}

export const CREDITS = "/credits";
export const PLANS = "/plans";

export function creditsPath(customer: string): string {
  return `${CREDITS}/${encodeURIComponent(customer)}`;
}
