/** The statement of the last run, through every step. */

import type { Decimal } from "./types.ts";

interface Of {
  perspective: string;
  currency: string;
  metric: string;
}

interface Arrival {
  allocated: Decimal;
  idle: Decimal;
  unallocated: Decimal;
  difference: Decimal;
}

export interface Bill {
  source: string;
  billing_period: string;
}

export interface StatementTotal extends Of, Arrival {
  charged: Decimal;
  spread: Decimal;
  claimed: Decimal;
  arrived: Decimal;
  rejected: Decimal;
  rejected_rows: number;
}

export interface RuleTotal extends Of, Arrival {
  rule: string;
  method: string;
  claimed: Decimal;
}

export interface StatementRow extends Of, Bill, Arrival {
  charged: Decimal;
  rejected: Decimal;
  rejected_rows: number;
}

export interface StatementStage extends Of, Bill {
  stage: "charged" | "spread" | "claimed" | "arrived";
  amount: Decimal;
  difference: Decimal;
}

export interface StatementRule extends RuleTotal, Bill {}

export interface Statement {
  run_id: string;
  headline: string;
  totals: StatementTotal[];
  by_rule: RuleTotal[];
  rows: StatementRow[];
  stages: StatementStage[];
  rules: StatementRule[];
}
