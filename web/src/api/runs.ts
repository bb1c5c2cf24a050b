/** Runs of the allocation, and what differs between two of them or would differ after the next. */

import type { Decimal, Percent } from "./types.ts";

export interface Run {
  run_id: string;
  started_at: string;
  finished_at: string;
  rules_hash: string;
  dimensions: string[];
  measures: string[];
  currencies: string[];
  metric: string;
  time_zone: string;
  first_day: string;
  last_day: string;
  charges: number;
  results: number;
  standing?: boolean;
  pinned?: boolean;
  /** The run that this one repeats; empty for most. */
  as_of?: string;
  digest?: string;
  notes?: string[];
}

export interface RunRecord extends Run {
  versions: Record<string, number>;
  rules: string;
  perspectives: Record<string, { to: string; rules: unknown[] }>;
  reproducible?: boolean;
  missing?: string;
}

export interface Side {
  run_id: string | null;
  finished_at: string | null;
  first_day: string;
  last_day: string;
  as_of: string;
}

export interface SettingChange {
  setting: string;
  before: string | null;
  after: string | null;
}

export interface RuleChange {
  perspective: string;
  rule: string;
  change: "added" | "removed" | "changed";
  settings: SettingChange[];
}

export interface DataChange {
  table: string;
  name: string;
  period: string;
  change: "added" | "removed" | "changed";
  what: string;
  currency: string | null;
  rows_before: number | null;
  rows_after: number | null;
  before: Decimal | null;
  after: Decimal | null;
  difference: Decimal | null;
}

export interface PerspectiveChange {
  perspective: string;
  to: string;
  currency: string;
  change: "changed" | "same" | "added" | "removed";
  total_before: Decimal;
  total_after: Decimal;
  gained: Decimal;
  lost: Decimal;
  moved: Decimal;
  moved_pct: Percent;
  unallocated_before: Decimal;
  unallocated_after: Decimal;
  idle_before: Decimal;
  idle_after: Decimal;
  targets_before: number;
  targets_after: number;
  targets_moved: number;
  targets_new: number;
  targets_gone: number;
  largest_pct: Percent;
}

export interface TargetChange {
  perspective: string;
  currency: string;
  target_kind: string;
  target: string;
  state: "new" | "gone" | "changed";
  before: Decimal;
  after: Decimal;
  change: Decimal;
  change_pct: Percent;
}

export interface Changes {
  kind: "plan" | "diff";
  headline: string;
  changed: boolean;
  moved: boolean;
  meta: { metric: string; currencies: string[]; from: string; to: string; label: string };
  before: Side;
  after: Side;
  rules: RuleChange[];
  settings: SettingChange[];
  data: DataChange[];
  data_more: number;
  perspectives: PerspectiveChange[];
  targets: TargetChange[];
  targets_more: number;
  notes: string[];
}
