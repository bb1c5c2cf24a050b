/** Where the amounts of an anomaly lead: to their explanation, to the Explorer filtered alike, or to the operations behind them. */

import type { Anomaly, Level } from "../../api/anomalies.ts";
import { addDays } from "../../format/dates.ts";
import { type Condition, writeFilter } from "../../state/filter.ts";
import type { Pins } from "../../state/why.ts";
import { customerPath, servicePath } from "../../shell/destinations.ts";
import { ofPins } from "../anomalies/places.ts";

type Of = Pick<Level, "fields" | "perspective">;

/** The charges of `of` on the day of a step; undefined where no explanation holds it: an hour, operations, usage. */
export function whyStep(one: Anomaly, of: Of, step: string, more: Pins = {}): Pins | undefined {
  if (one.grain === "H" || one.of !== "charges") return undefined;
  const day = step.slice(0, 10);
  const judged = of.perspective === null ? judgedFilter(one.filter) : undefined;
  return {
    ...(of.perspective === null ? {} : { perspective: of.perspective }), ...of.fields, ...more,
    from: day, to: addDays(day, 1), metric: one.metric, currency: one.currency, ...(judged ? { filter: judged } : {}),
  };
}

function judgedFilter(filter: object): string | undefined {
  return Object.keys(filter).length ? JSON.stringify(filter) : undefined;
}

/** What the page of a series is called. */
export function pageName(one: Anomaly): string {
  return one.of === "operations" ? "The operations" : one.of === "usage" ? "Its page" : "In the Explorer";
}

/** The page that shows the same series: the Explorer filtered to it, the operations, or of usage whose it is. */
export function seriesPage(one: Anomaly, of: Of): string | undefined {
  const [from, to] = windowOf(one);
  if (one.of === "usage") return of.fields["service"] ? servicePath(of.fields["service"]) : of.fields["customer"] ? customerPath(of.fields["customer"]) : undefined;
  if (one.of === "operations") return `/ai/operations?${new URLSearchParams({ window: `${from}..${to}`, of: ofPins(of.fields) ?? "" }).toString()}`;
  const own: Condition[] = Object.entries(of.fields).map(([field, value]) => ({ field, values: [value], negated: false }));
  const judged = of.perspective === null ? (conditionsOf(one.filter) ?? []) : [];
  const group = of.perspective === null ? (one.drivers.find((driver) => !(driver.field in of.fields))?.field ?? "service") : "target";
  return `/explorer?${new URLSearchParams({
    window: `${from}..${to}`, group, grain: one.grain === "D" ? "day" : "hour",
    ...(of.perspective === null ? {} : { perspective: of.perspective }), filter: writeFilter({ any: false, conditions: [...own, ...judged] }),
  }).toString()}`;
}

function windowOf(one: Anomaly): [string, string] {
  const last = addDays(one.last_step, 1);
  if (one.grain === "H") return [addDays(one.first_step, -1), last];
  const drawn = one.chart.at(-1)?.step;
  return [one.chart[0]?.step.slice(0, 10) ?? addDays(one.first_step, -14), drawn ? addDays(drawn, 1) : last];
}

/** A filter as the rows of the Explorer's form; null for one that they cannot say. */
export function conditionsOf(filter: object, negated = false): Condition[] | null {
  const entries = Object.entries(filter as Record<string, unknown>);
  if (entries.length === 0) return [];
  const [name, value] = entries[0] ?? ["", null];
  if (entries.length > 1) return null;
  if (name === "not") return value && typeof value === "object" ? conditionsOf(value, !negated) : null;
  // All of them, or none of them: what else is joined needs a form of its own.
  if ((name === "and" && !negated) || (name === "or" && negated)) {
    const parts = Array.isArray(value) ? value.map((part: object) => conditionsOf(part, negated)) : [null];
    return parts.every((part) => part !== null) ? parts.flat() : null;
  }
  if (name === "and" || name === "or" || !Array.isArray(value)) return null;
  return [{ field: name, values: value.map(String), negated }];
}
