import assert from "node:assert/strict";
import { test } from "node:test";
import type { Me } from "../src/api/access.ts";
import { entityText } from "../src/api/budgets.ts";
import type { Entitled, OwnUsage } from "../src/api/own.ts";
import { creditText } from "../src/format/credits.ts";
import { dayIn } from "../src/format/dates.ts";
import { ticks } from "../src/own/ticks.ts";
import { answerOf, meanwhile } from "../src/own/words.ts";
import { evenPace } from "../src/pages/budgets/burn.ts";
import { ACCESS_PLACES, allowed, homeOf, PLACES } from "../src/shell/places.ts";

function me(more: Partial<Me>): Me {
  return { name: "ana", kind: "person", role: "viewer", scopes: ["read"], tenant: null, configured: true, ...more };
}

function usage(more: Partial<OwnUsage>): OwnUsage {
  return { used: "920", included: "1000", percent: "92", days_to_reset: 9, state: "near", throttle: null, beyond: "0", ...more } as OwnUsage;
}

test("pages are offered to whoever may read them", () => {
  const names = (one: Me) => PLACES.filter((place) => allowed(place, one)).map((place) => place.name);
  assert.ok(!names(me({})).includes("Access"));
  assert.ok(names(me({ scopes: ["read", "audit"] })).includes("Access"));
  assert.deepEqual(ACCESS_PLACES.filter((place) => allowed(place, me({ scopes: ["audit"] }))).map((place) => place.path), ["/access/audit"]);
  assert.deepEqual(names(me({ tenant: { kind: "team", name: "search" } })), ["Budgets", "Explorer", "AI"]);
});

test("somebody lands on the first page that is theirs", () => {
  assert.equal(homeOf(me({})), "/");
  assert.equal(homeOf(undefined), "/");
  assert.equal(homeOf(me({ tenant: { kind: "team", name: "search" } })), "/explorer");
});

test("credits say no more digits than they need", () => {
  assert.deepEqual(["920.000000000", "1240.50", "0.004213", "-3", "1000"].map(creditText), ["920", "1,240.5", "0.0042", "\u22123", "1,000"]);
});

test("an entity is written the same however its fields come", () => {
  assert.equal(entityText({ team: "search", feature: "chat" }), entityText({ feature: "chat", team: "search" }));
});

test("a day is that of the time zone", () => {
  assert.equal(dayIn("2026-10-31T23:00:00Z", "Europe/Berlin"), "2026-11-01");
  assert.equal(dayIn("2026-11-01T04:00:00Z", "America/New_York"), "2026-11-01");
});

test("an even pace ends at the limit, and days nobody speaks of are left to the line between", () => {
  const days = ["2026-11-01", "2026-11-02", "2026-11-03"];
  const by_day = [{ day: "2026-11-01", spent: "5", total: "5", ideal: "10" }];
  assert.deepEqual(evenPace({ by_day, ahead: [], limit: "30" }, days), ["10", null, "30"]);
});

test("a customer is told how much is used, and until when", () => {
  assert.equal(answerOf(usage({})), "920 of 1,000 credits used, 92.0%; 9 days until new credits come.");
  assert.equal(answerOf(usage({ days_to_reset: 0 })), "920 of 1,000 credits used, 92.0%; new credits come today.");
  assert.equal(answerOf(usage({ included: null, percent: null })), "920 credits used; your plan has no limit.");
});

test("beyond a plan words say what holds", () => {
  const over = { kind: "overage", credits: "120", cost: "2.40", currency: "USD", price: "0.02", cap: null, calls_per_minute: null } as const;
  const said = (more: Partial<OwnUsage>, entitled?: Entitled) => meanwhile(usage({ state: "over", ...more }), entitled);
  assert.equal(said({ throttle: 5 }), "Your credits are used up, so calls are slower now: at most 5 calls a minute until new credits come.");
  assert.equal(said({ beyond: "120" }, { allowed: true, over }), "Your credits are used up. You can go on: each credit more costs $0.02. 120 credits beyond your plan are used so far.");
  assert.match(said({}, { allowed: false, over }), /calls are refused until new credits come/);
  assert.match(said({}, { allowed: false, over: { ...over, kind: "stop" } }), /Calls are refused/);
  assert.equal(said({}), "Your credits are used up.");
  assert.equal(meanwhile(usage({ state: "within" }), undefined), "");
});

test("a chart of days without use has no scale of parts of a credit", () => {
  const day = { day: "2026-11-01", credits: "0.000000000", calls: 0 };
  assert.deepEqual(ticks([day], false), { max: 1, axisLabel: { show: false }, splitLine: { show: false } });
  assert.deepEqual(ticks([day, { ...day, credits: "0.5" }], false), {});
});
