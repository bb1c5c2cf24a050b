/** Budgets: how much of each is spent and held, when that happened, and what is expected. */

import type { Decimal, Percent } from "./types.ts";

export type BudgetState = "within" | "near" | "over";

export interface Crossing {
  /** In percent of the limit. */
  threshold: Decimal;
  at: string;
  spent: Decimal;
}

export interface BudgetRow {
  budget: string;
  entity: Record<string, string>;
  title: string;
  kind: "operations" | "cost";
  enforced: boolean;
  period: string;
  start: string;
  until: string;
  time_zone: string;
  currency: string;
  limit: Decimal;
  spent: Decimal;
  reserved: Decimal;
  remaining: Decimal;
  /** Spent beyond the limit. */
  over: Decimal;
  /** Operations without a price, or in another currency. */
  uncounted: number;
  percent: Percent;
  state: BudgetState;
  /** Where the newest data ends, or what was asked for; null is now. */
  as_of: string | null;
  forecast: Decimal | null;
  /** Of cost: in four of five cases the period ends between these. */
  forecast_low: Decimal | null;
  forecast_high: Decimal | null;
  crossings: Crossing[];
}

export interface BudgetList {
  headline: string;
  budgets: BudgetRow[];
  next_cursor: string | null;
}

export interface BudgetDay {
  day: string;
  spent: Decimal;
  total: Decimal;
  /** Where an even pace would be at the end of the day. */
  ideal: Decimal;
}

export interface DayAhead {
  day: string;
  total: Decimal;
  ideal: Decimal;
  low: Decimal | null;
  high: Decimal | null;
}

export interface Hold {
  reservation_id: string;
  created: string;
  expires: string;
  estimate: Decimal;
  basis: string;
  fields: Record<string, string>;
}

export interface Overshoot {
  reservation_id: string;
  at: string;
  estimate: Decimal;
  cost: Decimal;
  over: Decimal;
}

export interface Adjustment {
  at: string;
  who: string;
  reason: string;
  amount: Decimal;
}

export interface OneBudget extends BudgetRow {
  headline: string;
  by_day: BudgetDay[];
  ahead: DayAhead[];
  /** How `ahead` and `forecast` came about. */
  forecast_by: string;
  holds: Hold[];
  overshoots: Overshoot[];
  adjustments: Adjustment[];
}

export const BUDGETS = "/budgets";

export function budgetPath(name: string): string {
  return `${BUDGETS}/${encodeURIComponent(name)}`;
}

/** An entity as the API takes it: the same fields in the same order every time. */
export function entityText(entity: Record<string, string>): string {
  return JSON.stringify(Object.fromEntries(Object.entries(entity).sort(([a], [b]) => (a < b ? -1 : 1))));
}
