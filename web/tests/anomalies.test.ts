import assert from "node:assert/strict";
import { test } from "node:test";
import type { Anomaly } from "../src/api/anomalies.ts";
import { withCurrency } from "../src/format/currency.ts";
import { anomaliesOf } from "../src/pages/anomalies/places.ts";
import { endOf, spanText } from "../src/pages/anomalies/words.ts";
import { conditionsOf, seriesPage, whyStep } from "../src/pages/anomaly/doors.ts";
import { readFilter } from "../src/state/filter.ts";

const FILTER = { and: [{ ChargeCategory: ["Usage"] }, { not: { or: [{ ChargeFrequency: ["Recurring"] }, { ChargeClass: ["Correction"] }] } }] };
const EXPORTS = { fields: { service: "exports" }, perspective: null };

function anomaly(more: Partial<Anomaly> = {}): Anomaly {
  return { of: "charges", grain: "D", metric: "EffectiveCost", currency: "USD", filter: FILTER, first_step: "2026-10-13T00:00:00Z", last_step: "2026-10-14T00:00:00Z", drivers: [], chart: [], ...more } as Anomaly;
}

test("an anomaly says from when until when it lasted", () => {
  assert.equal(spanText(anomaly()), "13 \u2013 14 Oct 2026");
  assert.equal(spanText(anomaly({ grain: "H", last_step: "2026-10-13T05:00:00Z" })), "13 Oct 2026, 00:00 \u2013 06:00 UTC");
  assert.equal(spanText(anomaly({ grain: "H", first_step: "2026-10-13T19:00:00Z", last_step: "2026-10-13T23:00:00Z" })), "13 Oct, 19:00 \u2013 14 Oct 2026, 00:00 UTC");
  assert.equal(endOf("2026-10-31T00:00:00Z", "D").slice(0, 10), "2026-11-01");
});

test("the amount of a day is explained by the charges that were judged, and an hour's by nothing here", () => {
  const pins = whyStep(anomaly(), EXPORTS, "2026-10-13T00:00:00Z");
  assert.deepEqual(pins, { service: "exports", from: "2026-10-13", to: "2026-10-14", metric: "EffectiveCost", currency: "USD", filter: JSON.stringify(FILTER) });
  assert.equal(whyStep(anomaly({ grain: "H" }), EXPORTS, "2026-10-13T05:00:00Z"), undefined);
  assert.equal(whyStep(anomaly({ of: "usage", metric: "requests" }), EXPORTS, "2026-10-13T05:00:00Z"), undefined);
});

test("a share of a perspective is explained without a filter of charges", () => {
  const pins = whyStep(anomaly(), { fields: { target: "acme" }, perspective: "customer" }, "2026-10-13T00:00:00Z");
  assert.deepEqual(pins, { perspective: "customer", target: "acme", from: "2026-10-13", to: "2026-10-14", metric: "EffectiveCost", currency: "USD" });
});

test("the Explorer is asked for the same charges, in the rows of its form", () => {
  const address = new URL(seriesPage(anomaly(), EXPORTS) ?? "", "http://here");
  const filter = readFilter(address.searchParams.get("filter") ?? "");
  assert.deepEqual(filter.conditions.map((one) => [one.field, one.values, one.negated]), [
    ["service", ["exports"], false], ["ChargeCategory", ["Usage"], false], ["ChargeFrequency", ["Recurring"], true], ["ChargeClass", ["Correction"], true],
  ]);
  assert.equal(address.searchParams.get("grain"), "day");
});

test("operations lead to operations, usage to whose it is, with its unit after the number", () => {
  assert.match(seriesPage(anomaly({ of: "operations", grain: "H" }), { fields: { feature: "search" }, perspective: null }) ?? "", /^\/ai\/operations\?.*of=feature%3Asearch/);
  assert.equal(seriesPage(anomaly({ of: "usage" }), EXPORTS), "/services/exports");
  assert.equal(withCurrency("1,204.00", "requests"), "1,204.00 requests");
});

test("what rows cannot say is left out, not said wrongly", () => {
  assert.equal(conditionsOf({ or: [{ team: ["a"] }, { service: ["b"] }] }), null);
  assert.deepEqual(conditionsOf({}), []);
});

test("the anomalies of one thing have an address", () => {
  assert.equal(anomaliesOf({ service: "a b" }), "/anomalies?of=service%3Aa+b");
});
