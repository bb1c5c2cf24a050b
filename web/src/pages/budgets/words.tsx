/** Budgets in words: whose they are, how they stand. */

import type { BudgetRow, BudgetState, OneBudget } from "../../api/budgets.ts";
import { addDays, dayIn, instantText, rangeText } from "../../format/dates.ts";
import { geometry } from "../../format/decimal.ts";
import { fieldText } from "../anomalies/words.ts";

/** "team search"; of the whole company nothing more. */
export function entityWords(entity: Record<string, string>): string {
  return Object.entries(entity).map(([field, name]) => `${fieldText(field)} ${name}`).join(", ");
}

const STATES: Record<BudgetState, { tone: string; words: string }> = {
  within: { tone: " good", words: "No threshold that matters is reached" },
  near: { tone: " warn", words: "Most of it is spent or held" },
  over: { tone: " bad", words: "More is spent than the limit" },
};

export function BudgetStateTag({ row }: { row: Pick<BudgetRow, "state" | "enforced"> }) {
  const known = STATES[row.state];
  return <span className="tag-row"><span className={`tag${known.tone}`} title={known.words}>{row.state}</span>{row.enforced ? <span className="tag" title="Calls that there is no room for are refused">enforced</span> : null}</span>;
}

/** When a period ends, in words: budgets begin anew then. */
export function resetText(row: Pick<BudgetRow, "until">): string {
  return instantText(row.until);
}

export function titleOf(row: Pick<BudgetRow, "title" | "budget">): string {
  return row.title || row.budget;
}

/** Days of the reporting time zone. */
export function periodText(row: Pick<BudgetRow, "start" | "until" | "time_zone">): string {
  return rangeText(dayIn(row.start, row.time_zone), dayIn(row.until, row.time_zone));
}

/** Geometry: how much of the limit is held. */
export function heldPercent(row: Pick<BudgetRow, "reserved" | "limit">): string {
  const limit = geometry(row.limit);
  return limit > 0 ? String((100 * geometry(row.reserved)) / limit) : "0";
}

const MOST_DAYS = 400;

/** All days of the period, also those to come. */
export function daysOf(budget: OneBudget): string[] {
  const days: string[] = [];
  const [first, end] = [dayIn(budget.start, budget.time_zone), dayIn(budget.until, budget.time_zone)];
  for (let day = first; day < end && days.length < MOST_DAYS; day = addDays(day, 1)) days.push(day);
  return days;
}
