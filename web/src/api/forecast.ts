/** What cost will be: of the month, day by day, and what earlier forecasts were worth. */

import { useMemo } from "react";
import type { UseQueryResult } from "@tanstack/react-query";
import { addDays } from "../format/dates.ts";
import type { Pins } from "../state/why.ts";
import { csvAddress, type Params } from "./client.ts";
import { useReport } from "./queries.ts";
import type { Decimal, Meta, Percent, Report } from "./types.ts";

export interface ForecastDay {
  keys: Record<string, string>;
  day: string;
  expected: Decimal;
  low: Decimal;
  high: Decimal;
}

export interface ForecastReport extends Report {
  headline: string;
  origin: string;
  origin_reason: string | null;
  days: ForecastDay[];
  accuracy: { kind: "hindcast" | "given"; currency: string; forecasts: number; mean_error_pct: Percent; held_pct: Percent }[];
}

export interface Outlook {
  report: ForecastReport;
  days: ForecastDay[];
  csv: string;
}

/** A forecast's question: the cost that `pins` speak of, in the metric and currency shown. */
function asked(pins: Pins, meta: Meta, filter: string | undefined): Params {
  const { perspective, ...fields } = pins;
  const own = Object.keys(fields).length ? JSON.stringify(Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, [value]]))) : undefined;
  return { metric: meta.metric, currency: meta.currency ?? undefined, perspective: perspective ?? undefined, filter: filter ?? own };
}

/**
 * The days to come after the window shown, no more of them than it has itself. Nothing where the window ended
 * before the data, or where nothing can be said; null as long as the answer is not there.
 */
export function useOutlook(pins: Pins, meta: Meta, filter?: string): Outlook | null | undefined {
  const params = asked(pins, meta, filter);
  const now = meta.to > meta.data_through && meta.currency !== null;
  const query: UseQueryResult<ForecastReport, Error> = useReport<ForecastReport>("/costs/forecast", params, { enabled: now, keep: false });
  const report = now && query.data?.days.length ? query.data : undefined;
  const until = addDays(meta.data_through, Math.max(meta.days, 7));
  const csv = csvAddress("/costs/forecast", params, "days");
  const waits = now && query.isPending;
  return useMemo(() => (waits ? null : report && { report, days: report.days.filter((day) => day.day <= until), csv }), [waits, report, until, csv]);
}
