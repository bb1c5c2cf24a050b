/** What costs more or less than usual. Actual amounts are exact; expected ones and ranges are estimates. */

import { type Params } from "./client.ts";
import { useReport } from "./queries.ts";
import type { Decimal, Percent } from "./types.ts";

export type AnomalyState = "open" | "acknowledged" | "expected" | "resolved";
export type Severity = "warning" | "critical";
export type AnomalyKind = "rise" | "fall" | "launch";
export type Grain = "D" | "H";

interface Anomalous {
  incident_id: string;
  grain: Grain;
  kind: AnomalyKind;
  state: AnomalyState;
  severity: Severity;
  title: string;
  first_step: string;
  last_step: string;
  /** Of usage, its unit. */
  currency: string;
  metric: string;
  /** What its worst step cost. */
  current: Decimal;
  expected: Decimal;
  lower: Decimal;
  upper: Decimal;
  deviation_pct: Percent;
  /** What it cost more than expected so far; negative where it is less. */
  excess: Decimal;
  estimated: boolean;
  reason: string;
}

export interface AnomalyRow extends Anomalous {
  service: string;
  driver: string;
  /** In how many series it is seen. */
  levels: number;
}

export interface Anomalies {
  sentence: string;
  metric: string;
  data_through: string | null;
  judged_through: string | null;
  total: number;
  anomalies: AnomalyRow[];
}

export interface Driver {
  field: string;
  value: string;
  current: Decimal;
  usual: Decimal;
  excess: Decimal;
  share_pct: Percent;
}

export interface Level {
  grouping: string;
  fields: Record<string, string>;
  perspective: string | null;
  step: string;
  current: Decimal;
  expected: Decimal;
  lower: Decimal;
  upper: Decimal;
  excess: Decimal;
  score: number;
  channel: string;
}

export interface Step {
  step: string;
  amount: Decimal;
  expected: Decimal | null;
  lower: Decimal | null;
  upper: Decimal | null;
  anomalous: boolean;
}

export interface SaidOf {
  at: string;
  state: AnomalyState;
  reason: string;
  who: string;
}

/** What it was seen in: charges, AI operations, live usage at its own price, or usage itself. */
export type Origin = "charges" | "operations" | "estimated" | "usage";

export interface Anomaly extends Anomalous {
  of: Origin;
  /** Whose usage it is, where it was seen in usage. */
  measure: string;
  /** The anomaly that told of the same first. */
  same_as: string;
  worst_step: string;
  found: string;
  where: Record<string, string>;
  levels: Level[];
  drivers: Driver[];
  affected: Driver[];
  new_resources: number;
  /** It was over when it was first looked for. */
  backfilled: boolean;
  /** The charges that are judged, as the query model takes it. */
  filter: object;
  chart: Step[];
  said: SaidOf[];
}

export const ANOMALIES = "/costs/anomalies";

/** "where" is given once for each condition, so it is in the path. */
export function anomaliesPath(where: Record<string, string> = {}): string {
  const conditions = Object.entries(where).map(([field, value]) => `where=${encodeURIComponent(`${field}=${value}`)}`);
  return conditions.length ? `${ANOMALIES}?${conditions.join("&")}` : ANOMALIES;
}

/** Anomalies that go on, by themselves or of one thing; launches are no anomaly that anybody must look at. */
export function useGoingOn(where: Record<string, string> = {}, params: Params = {}, enabled = true): AnomalyRow[] {
  const query = useReport<Anomalies>(anomaliesPath(where), { state: "going_on", ...params }, { enabled });
  return query.data?.anomalies.filter((row) => row.kind !== "launch") ?? [];
}
