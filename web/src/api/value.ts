/** AI cost beside revenue, and beside the provider's invoice. Null is unknown, and never 0. */

import type { OperationsReport, OverheadIs } from "./operations.ts";
import type { Decimal, Percent } from "./types.ts";

export interface Earning {
  operations: number;
  cost: Decimal | null;
  overhead: Decimal | null;
  overhead_is: OverheadIs | null;
  full_cost: Decimal | null;
  without_cost: number;
  revenue: Decimal | null;
  margin: Decimal | null;
  margin_pct: Percent;
  /** Full cost in percent of the revenue. */
  cost_pct: Percent;
}

export interface EarningGroup extends Earning {
  name: string;
  label: string | null;
  /** All that the customers pay who used a feature; of several features it overlaps. */
  customers_revenue: Decimal | null;
}

export interface OperationsMargin extends OperationsReport {
  by: "customer" | "feature";
  revenue_through: string;
  total: Earning;
  groups: EarningGroup[];
  more: number;
}

interface Trued {
  rated: Decimal;
  invoiced: Decimal;
  /** Invoiced less rated. */
  variance: Decimal;
  variance_pct: Percent;
}

export type TrueUpState = "agrees" | "differs" | "not invoiced" | "not metered" | "not priced";

export interface TruedModel extends Trued {
  model: string;
  state: TrueUpState;
  operations: number;
  tokens: number;
  without_cost: number;
  /** What one unit of rated cost comes to on the invoice. */
  factor: Decimal | null;
}

export interface TruedDay extends Trued {
  day: string;
}

export interface TruedProvider extends Trued {
  provider: string;
  billed_through: string | null;
  /** Rated on later days, and in no other number. */
  not_yet: Decimal;
  models: TruedModel[];
  daily: TruedDay[];
}

export interface OperationsTrueUp extends OperationsReport {
  charged: "EffectiveCost" | "BilledCost";
  run_id: string;
  providers: TruedProvider[];
  /** Providers of operations that no invoice is named for. */
  without: string[];
}
