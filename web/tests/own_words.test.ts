import assert from "node:assert/strict";
import { test } from "node:test";
import type { Entitled, OwnUsage } from "../src/api/own.ts";
import { answerOf, meanwhile, whenNew } from "../src/own/words.ts";

/** A customer over its plan whose newest use is long ago. */
function past(more: Partial<OwnUsage>): OwnUsage {
  const then = { as_of: "2024-10-31T22:59:59.999999Z", time_zone: "Europe/Berlin", resets_at: "2024-10-31T23:00:00Z", period_end: "2024-11-01" };
  return { used: "269", included: "250", percent: "107.6", days_to_reset: 1, state: "over", throttle: null, beyond: "19", ...then, ...more } as OwnUsage;
}

const stop: Entitled = { allowed: false, over: { kind: "stop", credits: "19", cost: null, currency: null, price: null, cap: null, calls_per_minute: null } };

test("a page that ends in the past says so, and that new credits have come since", () => {
  assert.equal(answerOf(past({})), "269 of 250 credits used, 107.6%; that is as of 31 Oct 2024, the newest use. New credits came on 1 Nov 2024.");
  assert.equal(whenNew(past({})), "have come");
  assert.equal(meanwhile(past({}), stop), "", "what held then does not hold now");
  assert.equal(answerOf(past({ included: null, percent: null })), "269 credits used; that is as of 31 Oct 2024, the newest use.");
});

test("a period that still runs ends later than its newest use", () => {
  const runs = past({ resets_at: "2199-01-01T00:00:00Z", period_end: "2199-01-01" });
  assert.match(answerOf(runs), /the newest use\. New credits come on 1 Jan 2199\.$/);
  assert.equal(whenNew(runs), "to come");
  assert.match(meanwhile(runs, stop), /Calls are refused/);
});

test("a page of now counts the days", () => {
  const now = (days: number) => whenNew(past({ as_of: new Date().toISOString(), days_to_reset: days }));
  assert.deepEqual([0, 1, 9].map(now), ["today", "tomorrow", "in 9 days"]);
});

test("where more can be bought, that is said to end it, too", () => {
  const now = past({ as_of: new Date().toISOString(), buy_url: "https://shop.example" });
  assert.equal(meanwhile(now, stop), "Your credits are used up. Calls are refused until you buy credits or new ones come.");
  assert.equal(meanwhile({ ...now, throttle: 2 }, stop), "Your credits are used up, so calls are slower now: at most 2 calls a minute until you buy credits or new ones come.");
});
