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
}

export interface UsageRow {
  x_SourceFile: string | null;
  x_SourceLine: number | null;
  time: string;
  quantity: Decimal;
}

export interface Basis {
  rule: string;
  method: string;
  measure: string | null;
  quantity: Decimal | null;
  total: Decimal | null;
  share_pct: Percent;
  pool_amount: Decimal | null;
  usage_rows: UsageRow[];
  sentence: string;
}

export interface Explanation extends Report {
  node: { title: string; amount: Decimal; currency: string | null };
  level: "rules" | "services" | "pools" | "days" | "line_items";
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
