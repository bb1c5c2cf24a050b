/** What the data health page reads: loads, runs, reconciliation, health. */

import type { Decimal } from "./types.ts";

export interface Restatement {
  replaces: string;
  rows_before: number;
  BilledCost_before: Decimal;
  changes: { ServiceName: string; SubAccountId: string; metric: string; currency: string; before: Decimal; after: Decimal; change: Decimal }[];
}

/** What the bill adds up to for one kind of line, beside its charges. */
export interface LoadControl {
  kind: string;
  currency: string;
  rows: number;
  amount: Decimal;
  charges: number;
  charged: Decimal;
  left_out: Decimal;
  BilledCost: Decimal;
  EffectiveCost: Decimal;
}

export interface Load {
  load_id: string;
  kind: "bill" | "usage" | "customers" | "revenue";
  source: string;
  connector: string;
  billing_period: string;
  loaded_at: string;
  status: string;
  files: string[];
  rows: number;
  rejected_rows: number;
  rejected_cost: { BilledCost: Decimal } | null;
  repairs: { repair: string; column: string; rows: number; example: string }[];
  totals: { currency: string; BilledCost: Decimal; EffectiveCost: Decimal }[];
  rounding: { values: number; total: Decimal } | null;
  restatement: Restatement | null;
  state?: string;
  notes?: string[];
  controls?: LoadControl[];
  left_out?: { account: string; kind: string; currency: string; rows: number; amount: Decimal; reason: string }[];
  rejects?: { file: string; line: number; column: string; value: string; reason: string }[];
  tag_keys?: { key: string; rows: number }[];
}

export interface Reconciliation {
  perspective: string;
  source: string;
  billing_period: string;
  currency: string;
  metric: string;
  charged: Decimal;
  allocated: Decimal;
  idle: Decimal;
  unallocated: Decimal;
  difference: Decimal;
  rejected: Decimal;
  rejected_rows: number;
}

export interface Health {
  status: string;
  version: string;
  workspace: string;
  company?: string;
  run: { run_id: string; finished_at: string } | null;
}

export interface LoadList {
  loads: Load[];
}

export interface ReconciliationList {
  rows: Reconciliation[];
}

/** What runs on a schedule, and how its last run went; null where it never ran. */
export interface Job {
  job: string;
  what: string;
  every_minutes: number;
  started: string | null;
  outcome: "ok" | "failed" | null;
  said: string | null;
  seconds: number | null;
}

export interface JobList {
  jobs: Job[];
}
