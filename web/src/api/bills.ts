/** The API's answers about bills: bridges from the provider's console to the invoice, and sources. */

import type { Decimal } from "./types.ts";

interface OfBill {
  source: string;
  billing_period: string;
  currency: string;
}

export interface Bridge extends OfBill {
  account: string | null;
  connector: string;
  state: string;
  loaded_at: string;
  load_id: string;
  headline: string;
  console: Decimal;
  BilledCost: Decimal;
  EffectiveCost: Decimal;
  hidden: Decimal;
  invoiced: Decimal;
  notes: string[];
}

export interface BridgeStep extends OfBill {
  step: string;
  kind: "start" | "change" | "total";
  label: string;
  amount: Decimal;
  rows: number;
  sentence: string;
}

export interface BilledPart extends OfBill {
  part: string;
  label: string;
  shown: boolean;
  rows: number;
  console: Decimal;
  BilledCost: Decimal;
  EffectiveCost: Decimal;
  sentence: string;
}

export interface Invoice extends OfBill {
  invoice_id: string | null;
  issuer: string | null;
  rows: number;
  BilledCost: Decimal;
  hidden: Decimal;
}

export interface AccountCost extends OfBill {
  account: string;
  rows: number;
  console: Decimal;
  BilledCost: Decimal;
  EffectiveCost: Decimal;
}

export interface BridgeLine extends OfBill {
  line_item_type: string;
  service: string;
  part: string;
  shown: boolean;
  rows: number;
  console: Decimal;
  billed_step: string;
  to_billed: Decimal;
  BilledCost: Decimal;
  effective_step: string;
  to_effective: Decimal;
  EffectiveCost: Decimal;
}

export interface BridgeReport {
  headline: string;
  without: string[];
  bridges: Bridge[];
  steps: BridgeStep[];
  parts: BilledPart[];
  invoices: Invoice[];
  accounts: AccountCost[];
  lines: BridgeLine[];
}

export interface ChargeBehind {
  x_SourceFile: string | null;
  x_SourceLine: number | null;
  ChargeDescription: string | null;
  ResourceId: string | null;
  ServiceName: string;
  SubAccountId: string;
  ChargePeriodStart: string | null;
  line_item_type: string;
  part: string;
  console: Decimal;
  BilledCost: Decimal;
  EffectiveCost: Decimal;
  amount: Decimal;
}

export interface BehindReport extends OfBill {
  step: string;
  label: string;
  amount: Decimal;
  rows: number;
  charges: ChargeBehind[];
  next_cursor: number | null;
}

/** The rows of one bill among those of several. */
export function ofBill<Row extends OfBill>(rows: Row[], bill: OfBill): Row[] {
  return rows.filter((row) => row.source === bill.source && row.billing_period === bill.billing_period && row.currency === bill.currency);
}

export interface SourceRow {
  source: string;
  connector: string;
  location: string;
  periods: number;
  first_period: string | null;
  last_period: string | null;
  newest_charge: string | null;
  days_behind: number | null;
  state: "final" | "estimated" | "unknown";
  estimated_periods: number;
  last_load: string | null;
  loaded_at: string | null;
  rows: number;
  repaired_values: number;
  rejected_rows: number;
}

export interface SourcesReport {
  headline: string;
  sources: SourceRow[];
  totals: { source: string; currency: string; rows: number; BilledCost: Decimal; EffectiveCost: Decimal }[];
}

export interface SourcePeriod {
  billing_period: string;
  state: string;
  load_id: string;
  loaded_at: string;
  loads: number;
  rows: number;
  repaired_values: number;
  rejected_rows: number;
  focus_version: string;
  notes: string[];
}

export interface ControlSum {
  billing_period: string;
  currency: string;
  line_item_type: string;
  rows: number;
  amount: Decimal | null;
  charges: number;
  charged: Decimal;
  left_out: Decimal;
  difference: Decimal;
  BilledCost: Decimal;
  EffectiveCost: Decimal;
  reason: string;
}

export interface InvoiceSum {
  billing_period: string;
  currency: string;
  invoice_id: string | null;
  issuer: string | null;
  rows: number;
  BilledCost: Decimal;
}

export interface SourceLoad {
  load_id: string;
  billing_period: string;
  loaded_at: string;
  status: string;
  state: string;
  rows: number;
  rows_before: number | null;
  currency: string;
  BilledCost: Decimal;
  BilledCost_before: Decimal | null;
  EffectiveCost: Decimal;
  EffectiveCost_before: Decimal | null;
}

export interface SourceChange {
  load_id: string;
  billing_period: string;
  loaded_at: string;
  currency: string;
  service: string | null;
  account: string | null;
  metric: string;
  before: Decimal;
  after: Decimal;
  change: Decimal;
}

export interface SourceReport {
  headline: string;
  source: SourceRow;
  periods: SourcePeriod[];
  controls: ControlSum[];
  invoices: InvoiceSum[];
  loads: SourceLoad[];
  changes: SourceChange[];
}
