/** What AI operations cost, took and yielded. Null is unknown, and never 0. */

import type { Decimal, Percent } from "./types.ts";

export interface OperationsMeta {
  metric: string;
  currency: string;
  currencies: string[];
  filters: Record<string, string>;
  from: string;
  to: string;
  days: number;
  days_covered: number;
  label: string;
  previous_from: string | null;
  previous_to: string | null;
  time_zone: string;
  data_through: string;
  newest: string;
  status: "estimated";
}

export interface OperationsReport {
  meta: OperationsMeta;
  headline: string;
}

export interface Figures {
  operations: number;
  /** Of those that are priced; null where none is. */
  cost: Decimal | null;
  cost_per_request: Decimal | null;
  priced: number;
  unpriced: number;
  unknown: number;
  other_currency: number;
  tokens: number | null;
  input_tokens: number | null;
  cache_read_tokens: number | null;
  output_tokens: number | null;
  cached_pct: Percent;
  without_tokens: number;
  judged: number;
  successes: number;
  success_pct: Percent;
  cost_per_success: Decimal | null;
  value: Decimal | null;
  value_per_cost: Decimal | null;
  /** Infrastructure that they carry besides; null where apportion.yaml has no `overhead`. */
  overhead: Decimal | null;
  overhead_is: OverheadIs | null;
  full_cost: Decimal | null;
}

/** Allocated from the ledger, or declared as a percentage. */
export type OverheadIs = "allocated" | "declared" | "both";

export interface Yielded {
  unit: string;
  units: Decimal;
  cost_per_unit: Decimal | null;
  tokens_per_unit: Decimal | null;
  /** Whose cost is divided: all of the group's, or that of operations that name the unit. */
  of: "all" | "named";
}

export interface Compared extends Figures {
  share_pct: Percent;
  cost_before: Decimal | null;
  change_pct: Percent;
  operations_before: number | null;
}

export interface Total extends Compared {
  units: Yielded[];
}

export interface Group extends Total {
  key: Record<string, string>;
  customer_name: string | null;
}

export interface DayFigures extends Figures {
  start: string;
}

export interface OperationsOverview extends OperationsReport {
  total: Total;
  daily: DayFigures[];
}

export interface OperationsBreakdown extends OperationsReport {
  by: string[];
  total: Total;
  groups: Group[];
  /** Groups that are not shown. */
  more: number;
}

export type Level = "organization" | "cost_center" | "team" | "project" | "user" | "workflow" | "call";

export interface TreeNode extends Compared {
  level: Level;
  name: string;
  cost_per_day: Decimal | null;
  /** The filters that open it. */
  pins: Record<string, string>;
}

export interface Call {
  operation_id: string;
  time: string;
  feature: string | null;
  provider: string | null;
  model: string | null;
  input_tokens: number | null;
  output_tokens: number | null;
  cost: Decimal | null;
  price_state: string;
  success: boolean | null;
}

export interface OperationsTree extends OperationsReport {
  /** The levels above the children, the widest first; the name is null where what is shown belongs to several. */
  path: { level: Level; name: string | null; pinned: boolean }[];
  level: Level;
  total: Total;
  cost_per_day: Decimal | null;
  children: TreeNode[];
  calls: Call[];
  /** Children that are not shown. */
  more: number;
}

/** One operation, with where it belongs looked up. */
export interface ListedOperation {
  operation_id: string;
  time: string;
  received: string | null;
  source: string | null;
  organization: string | null;
  cost_center: string | null;
  team: string | null;
  project: string | null;
  user: string | null;
  workflow: string | null;
  customer: string | null;
  plan: string | null;
  feature: string | null;
  environment: string | null;
  region: string | null;
  conversation: string | null;
  provider: string | null;
  model: string | null;
  requested_model: string | null;
  operation: string | null;
  service_tier: string | null;
  batch: boolean | null;
  /** Calls that it adds up; null where a provider's report does not say. */
  requests: number | null;
  input_tokens: number | null;
  cache_read_tokens: number | null;
  cache_write_tokens: number | null;
  cache_write_1h_tokens: number | null;
  output_tokens: number | null;
  reasoning_tokens: number | null;
  max_tokens: number | null;
  latency_ms: number | null;
  prompt: string | null;
  variant: string | null;
  units: Decimal | null;
  unit: string | null;
  success: boolean | null;
  value: Decimal | null;
  cost: Decimal | null;
  currency: string | null;
  price_state: PriceState;
  rate: string | null;
  reported_cost: Decimal | null;
  trace_id: string | null;
  dimensions: Record<string, string>;
}

export type PriceState = "priced" | "estimated" | "unpriced" | "unknown";

/** With the infrastructure that it carries besides; null where apportion.yaml has no `overhead`. */
export interface CarryingOperation extends ListedOperation {
  overhead: Decimal | null;
  overhead_is: OverheadIs | null;
}

export interface OperationsList extends OperationsReport {
  operations: CarryingOperation[];
  next_cursor: string | null;
}

/** A 95 % interval. */
export interface Bounds {
  low: Decimal;
  high: Decimal;
}

export type Quality = "success" | "value";

export interface Variant extends Figures {
  name: string;
  key: Record<string, string>;
  cost_bounds: Bounds | null;
  success_bounds: Bounds | null;
  mean_value: Decimal | null;
  valued: number;
  value_bounds: Bounds | null;
  /** Success in percent, or the mean value. */
  quality: Decimal | null;
  /** No other is as good for less; null where it is not known. */
  efficient: boolean | null;
  instead: string | null;
}

export interface VariantStep {
  cheaper: string;
  better: string;
  extra_cost: Decimal;
  extra_cost_pct: Percent;
  extra_quality: Decimal;
  cost_per_point: Decimal | null;
  /** False where the intervals overlap: the difference may be chance. */
  proven: boolean;
  sentence: string;
}

export interface OperationsVariants extends OperationsReport {
  prompt: string;
  quality: Quality;
  variants: Variant[];
  steps: VariantStep[];
}

/** Operations of a group at a model's prices, beside what they cost; costs are of those `compared` alone. */
export interface Alternative {
  key: Record<string, string>;
  model: string;
  operations: number;
  compared: number;
  cost_now: Decimal;
  cost_then: Decimal;
  difference: Decimal;
  difference_pct: Percent;
  per_request_now: Decimal | null;
  per_request_then: Decimal | null;
  unpriced: number;
  unknown: number;
  other_currency: number;
  without_cost: number;
}

export interface OperationsWhatIf extends OperationsReport {
  note: string;
  by: string[];
  rates: string;
  /** Why some are unpriced; null where none is. */
  missing: string | null;
  alternatives: Alternative[];
  more: number;
}
