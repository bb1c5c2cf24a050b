/** The API's answers. Amounts, quantities and percents are decimal strings: never turn them into numbers to show them. */

export type Decimal = string;
export type Percent = string | null;

export interface Meta {
  metric: string;
  currency: string | null;
  currencies: string[];
  perspective: string | null;
  from: string;
  to: string;
  days: number;
  /** Days of the window that have data. */
  days_covered?: number;
  label: string;
  previous_from: string | null;
  previous_to: string | null;
  time_zone: string;
  run_id: string;
  data_through: string;
  loaded_at: string | null;
  status: "final" | "estimated";
}

export interface Report {
  meta: Meta;
  headline?: string;
}

export interface Margin {
  revenue: Decimal;
  cost: Decimal;
  cost_of_revenue: Decimal;
  gross_margin: Decimal;
  gross_margin_pct: Percent;
  loaded_margin: Decimal;
  loaded_margin_pct: Percent;
}

/** How a cost is known: it carries the name, use was measured, or a rule assumes it. The three add up to the cost. */
export interface Known {
  direct: Decimal;
  measured: Decimal;
  assumed: Decimal;
  direct_pct: Percent;
  measured_pct: Percent;
  assumed_pct: Percent;
}

export interface Trend {
  cost_previous: Decimal | null;
  cost_trend_pct: Percent;
}

export interface DayCost {
  day: string;
  cost: Decimal;
  revenue?: Decimal;
}

export interface Finding {
  kind: string;
  title: string;
  detail: string;
  amount: Decimal | null;
  link: string | null;
}

export interface Overview extends Report, Margin, Trend, Known {
  unallocated: Decimal;
  unallocated_pct: Percent;
  idle: Decimal;
  customers_losing: number;
  customers: number;
  daily: DayCost[];
  by_team: ({ team: string; cost: Decimal } & Trend)[];
  by_customer: ({ customer_id: string; customer_name: string; cost: Decimal; revenue: Decimal; gross_margin: Decimal; gross_margin_pct: Percent } & Known)[];
  findings: Finding[];
}

export interface CustomerRow extends Margin, Trend, Known {
  customer_id: string;
  customer_name: string;
  plan: string;
  status: string;
  currency: string;
  sparkline: Decimal[];
}

/** What makes the customers' cost the company's: cost that belongs to no customer. */
export interface NotAttributed {
  currency: string;
  cost: Decimal;
  cost_of_revenue: Decimal;
  unallocated: Decimal;
  idle: Decimal;
}

export interface Customers extends Report {
  totals: Margin & Known & { currency?: string };
  company?: NotAttributed[];
  customers: CustomerRow[];
}

export interface Unit {
  measure: string;
  quantity: Decimal;
  cost_per_unit: Decimal | null;
}

export interface CustomerServiceRow extends Trend {
  service: string;
  cost: Decimal;
  cost_of_revenue: Decimal;
  direct: Decimal;
  shared: Decimal;
  share_pct: Percent;
}

export interface CustomerReport extends Report {
  customer: CustomerRow;
  by_service: CustomerServiceRow[];
  by_cost_class: { cost_class: string; cost: Decimal }[];
  daily: DayCost[];
  revenue_items: { kind: string; description: string; amount: Decimal }[];
  units: Unit[];
}

export interface ServiceRow extends Trend {
  service: string;
  team: string;
  currency: string;
  cost: Decimal;
  daily_average: Decimal;
  cost_per_request: Decimal | null;
  requests: Decimal | null;
  customers: number;
  cost_per_customer: Decimal | null;
  sparkline?: Decimal[];
}

export interface Services extends Report {
  services: ServiceRow[];
}

export interface ServiceReport extends Report {
  service: ServiceRow;
  drivers: { driver: string; service_category: string; cost: Decimal; share_pct: Percent }[];
  by_environment: { environment: string; cost: Decimal }[];
  by_customer: { customer_id: string; customer_name: string; cost: Decimal; share_pct: Percent }[];
  daily: DayCost[];
  units: Unit[];
}

export interface TeamRow extends Trend {
  team: string;
  currency: string;
  cost: Decimal;
  share_pct: Percent;
  production: Decimal;
  non_production: Decimal;
  services: number;
  top_service: string;
  sparkline: Decimal[];
}

export interface Teams extends Report {
  teams: TeamRow[];
}

export interface EnvironmentRow {
  key: string;
  currency: string;
  environments: Record<string, Decimal>;
  non_production_higher: boolean;
}

export interface Environments extends Report {
  by?: string;
  environments: string[];
  rows: EnvironmentRow[];
}

export interface UnitCost {
  measure: string;
  currency: string;
  quantity: Decimal | null;
  cost: Decimal;
  cost_per_unit: Decimal | null;
  previous: Decimal | null;
  change_pct: Percent;
  daily: { day: string; quantity: Decimal | null; cost: Decimal; cost_per_unit: Decimal | null }[];
}

export interface Units extends Report {
  units: UnitCost[];
}

export interface Series {
  key: string;
  total: Decimal;
  points: { day: string; cost: Decimal }[];
}

export interface TrendReport extends Report {
  by: string;
  series: Series[];
  total: { day: string; cost: Decimal }[];
}
