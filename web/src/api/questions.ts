/** The answers to questions: queries, explanations, what can be asked about, search. */

import type { Decimal, Percent, Report } from "./types.ts";

export interface QueryRow {
  keys: Record<string, string>;
  currency: string;
  period: string | null;
  amount: Decimal;
  previous: Decimal | null;
  change: Decimal | null;
  change_pct: Percent;
  /** The sum of the groups beyond the limit. */
  others: boolean;
  explain: string | null;
}

export interface QueryReport extends Report {
  group_by: string[];
  grain: string;
  compare: string;
  rows: QueryRow[];
  /** Null where there are several currencies; then there are totals. */
  total: Decimal | null;
  totals?: { currency: string; amount: Decimal; previous: Decimal | null }[];
  total_previous: Decimal | null;
  others: number;
}

export interface LineItem {
  x_SourceFile: string | null;
  x_SourceLine: number | null;
  ChargeDescription: string | null;
  ResourceId: string | null;
  ServiceName: string | null;
  SkuId: string | null;
  ChargePeriodStart: string | null;
  amount_on_bill: Decimal;
  /** The part of the charge that falls on the day. */
  amount_of_day?: Decimal;
  amount: Decimal;
}

export interface Part {
  label: string;
  detail: string;
  amount: Decimal;
  share_pct: Percent;
  pins: Record<string, string> | null;
  line_item: LineItem | null;
  /** The chain of a path. */
  steps?: Step[] | null;
}

export interface UsageRow {
  x_SourceFile: string | null;
  x_SourceLine: number | null;
  time: string;
  quantity: Decimal;
}

export interface UsageRows {
  rows: UsageRow[];
  rows_count: number;
  quantity: Decimal;
  next_cursor: string | null;
}

/** What a step of a division was measured by; a mixture has several. */
export interface Driver {
  /** A measure, "cost", "attributed", or "" where a rule says the share. */
  measure: string;
  quantity: Decimal | null;
  total: Decimal | null;
  share_pct: Percent;
  share: Decimal | null;
  keys: Record<string, string>;
  from: string | null;
  to: string | null;
  carried_forward: boolean;
  usage_rows: UsageRow[];
  usage_rows_count: number;
  /** Where all its usage rows are; null where it is no measure of usage. */
  usage: string | null;
}

/** What one node passed on to the next, or to the target. */
export interface Step {
  node: string;
  name: string;
  rule: string;
  rule_version: string;
  method: string;
  to: string;
  target_kind: string;
  target: string;
  target_name: string;
  evidence: string;
  share_pct: Percent;
  share: Decimal | null;
  weight: string;
  whole: string;
  sentence: string;
  drivers: Driver[];
}

export interface Basis {
  sentence: string;
  share_pct: Percent;
  share?: Decimal | null;
  pool_amount: Decimal | null;
  evidence?: string;
  rules_version?: string;
  doubts?: string[];
  steps?: Step[];
}

export interface Explanation extends Report {
  node: { title: string; amount: Decimal; currency: string | null };
  level: "rules" | "services" | "pools" | "days" | "paths" | "line_items";
  sentence: string;
  basis: Basis | null;
  parts: Part[];
  parts_total: Decimal;
  parts_count?: number;
  more: number;
  next_cursor: string | null;
}

export interface Dimensions {
  dimensions: { name: string; values: { value: string; cost: Decimal }[] }[];
  columns: string[];
  perspectives: { name: string; to: string }[];
  measures: string[];
  currencies?: string[];
  windows: { first_day: string; last_day: string; months: string[] };
}

export interface SearchResults {
  results: { kind: "customer" | "service" | "team"; id: string; label: string; link: string }[];
}
