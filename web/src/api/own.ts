/** What a customer has used of their plan: no cost, no margin, nothing of others. */

import type { Beyond, CreditState, PlanNamed } from "./credits.ts";
import type { Decimal, Percent } from "./types.ts";

export interface OwnDay {
  day: string;
  credits: Decimal;
  calls: number;
}

export interface OwnFeature {
  feature: string;
  credits: Decimal;
  calls: number;
  percent: Percent;
}

export interface GrantLeft {
  label: string;
  kind: string;
  granted: Decimal;
  left: Decimal;
  expires: string | null;
}

export interface OwnUsage {
  customer: string;
  name: string;
  as_of: string;
  plan: PlanNamed | null;
  state: CreditState;
  unlimited: boolean;
  used: Decimal;
  included: Decimal | null;
  percent: Percent;
  /** Used, and granted by nobody. */
  beyond: Decimal;
  /** Calls a minute, now that the credits are used up. */
  throttle: number | null;
  balance: Decimal;
  balance_by_grant: GrantLeft[];
  period_start: string;
  period_end: string;
  resets_at: string;
  days_to_reset: number;
  time_zone: string;
  by_day: OwnDay[];
  by_feature: OwnFeature[];
  buy_url: string | null;
}

/** What may be done now, of which only what lies beyond the plan is read here. */
export interface Entitled {
  allowed: boolean;
  over: Beyond | null;
}

export function usagePath(customer: string): string {
  return `/customers/${encodeURIComponent(customer)}/usage`;
}

export function entitledPath(customer: string): string {
  return `/entitlements/${encodeURIComponent(customer)}`;
}
