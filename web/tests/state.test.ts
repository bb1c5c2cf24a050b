import assert from "node:assert/strict";
import { test } from "node:test";
import type { FlowReport } from "../src/api/flow.ts";
import { addDays, rangeText, windowText } from "../src/format/dates.ts";
import { withToggled } from "../src/pages/explain/places.ts";
import { explorerPath } from "../src/pages/flow/explore.ts";
import { ruleSlots } from "../src/pages/reconciliation/rules.ts";
import { filterJson, readFilter, writeFilter } from "../src/state/filter.ts";
import { hrefFor, patchState, readState } from "../src/state/url.ts";
import { deeper, pathName, pinsOf, readWalk, stepName, walkFromAddress, writeWalk } from "../src/state/why.ts";
import { csvText, guarded } from "../src/table/csv.ts";
import { slotsOf } from "../src/theme/palette.ts";

test("an address keeps what people can read", () => {
  const search = patchState("?window=90d", { why: "perspective:customer;target:a b" });
  assert.equal(search, "?window=90d&why=perspective:customer;target:a+b");
  assert.deepEqual(readState(search), { window: "90d", why: "perspective:customer;target:a b" });
  assert.equal(patchState(search, { why: undefined }), "?window=90d");
});

test("another page gets the window and metric, not the rest", () => {
  assert.equal(hrefFor("/customers", "?window=90d&why=x&sort=cost"), "/customers?window=90d");
  assert.equal(hrefFor("/explorer?group=team", "?metric=BilledCost"), "/explorer?metric=BilledCost&group=team");
});

test("a walk survives its address, whatever its names contain", () => {
  const steps = [{ perspective: "customer", target: "a:b;c~d!e" }, { rule: "shared data & more=1" }];
  const search = patchState("", { why: writeWalk(steps) });
  assert.deepEqual(readWalk(readState(search)["why"]), steps);
  assert.deepEqual(pinsOf([...steps, { target: "z" }]), { perspective: "customer", target: "z", rule: "shared data & more=1" });
});

test("a step holds what is new, and is called by what it names", () => {
  const walk = deeper([{ perspective: "customer", target: "a" }, { rule: "shared" }], { rule: "shared", service: "db", environment: "production", node: "service=db" });
  assert.deepEqual(walk[2], { service: "db", environment: "production", node: "service=db" });
  assert.equal(stepName(walk, 1), "shared");
  assert.equal(stepName(walk, 2), "db \u00b7 production");
  assert.equal(stepName(deeper(walk, { day: "2026-10-02" }), 3), "2 Oct");
});

test("a way is called by the services it passes", () => {
  assert.equal(pathName("service=web, environment=production > service=db, commitment=Plan, one"), "web \u2192 db");
  assert.equal(pathName("team=platform, environment=production"), "platform, production");
  assert.equal(pathName(""), "straight");
  assert.equal(pathName("(other)"), "other paths");
  assert.equal(stepName([{ target: "a" }, { path: "service=web" }], 1), "web");
  assert.equal(stepName([{ target: "a" }, { rule: "" }], 1), "no rule");
});

test("what is open closes with what is open below it", () => {
  assert.deepEqual(withToggled(["0", "0.1", "0.1.2", "10"], "0"), ["10"]);
  assert.deepEqual(withToggled(["0"], "0.3"), ["0", "0.3"]);
});

test("rules keep the colour of their place, and what no rule took is grey", () => {
  const rule = (name: string) => ({ perspective: "p", currency: "USD", metric: "m", rule: name, method: "even", claimed: "1", allocated: "1", idle: "0", unallocated: "0", difference: "0" });
  const slots = ruleSlots([rule("a"), rule("b"), rule("")]);
  assert.deepEqual([slots.get("a"), slots.get("b"), slots.get("")], [0, 1, -1]);
});

test("a band that no explanation is of leads to the cost at its ends", () => {
  const node = (id: string, stage: "origin" | "node" | "target", name: string, kind: "named" | "others" = "named") => ({ id, stage, kind, name, label: name, amount: "1", members: 1, explain: null });
  const nodes = new Map([node("o", "origin", "db"), node("n", "node", "web"), node("t", "target", "acme"), node("r", "origin", "(others)", "others")].map((one) => [one.id, one]));
  const report = { origin: "service", meta: { perspective: "customer", from: "2026-09-01", to: "2026-10-01" } } as FlowReport;
  assert.equal(explorerPath(report, nodes, ["o", "n"]), "/explorer?perspective=customer&group=target&filter=service:db&window=2026-09-01..2026-10-01");
  assert.equal(explorerPath(report, nodes, ["n", "t"]), "/explorer?perspective=customer&group=service&filter=target:acme&window=2026-09-01..2026-10-01");
  assert.equal(explorerPath(report, nodes, ["r", "n"]), "/explorer?perspective=customer&group=target&window=2026-09-01..2026-10-01");
});

test("a walk starts from the API's own address", () => {
  assert.deepEqual(walkFromAddress("/api/v1/explain/customers/c%201?from=2026-10-01"), [{ perspective: "customer", target: "c 1", from: "2026-10-01" }]);
});

test("a filter survives its address and becomes the API's JSON", () => {
  const filter = { any: false, conditions: [{ field: "team", values: ["pay|ments", "search"], negated: false }, { field: "environment", values: ["sta*"], negated: true }] };
  assert.deepEqual(readFilter(writeFilter(filter)), filter);
  assert.deepEqual(filterJson(filter), { and: [{ team: ["pay|ments", "search"] }, { not: { environment: ["sta*"] } }] });
  assert.equal(filterJson(readFilter("")), undefined);
  assert.deepEqual(readFilter(JSON.stringify(filterJson(filter))), filter);
});

test("windows are half-open inside and inclusive in words", () => {
  assert.equal(rangeText("2026-10-02", "2026-11-01"), "2 \u2013 31 Oct 2026");
  assert.equal(rangeText("2025-12-15", "2026-01-15"), "15 Dec 2025 \u2013 14 Jan 2026");
  assert.equal(addDays("2024-02-28", 1), "2024-02-29");
  assert.equal(windowText("2026-09"), "September 2026");
});

test("a spreadsheet runs nothing from a CSV, and numbers stay numbers", () => {
  assert.equal(guarded("=1+1"), "'=1+1");
  assert.equal(guarded("-12.50"), "-12.50");
  assert.equal(csvText([["a,b", 'say "x"'], ["@x", "1"]]), '"a,b","say ""x"""\r\n\'@x,1\r\n');
});

test("a key keeps its colour, and the largest eight never share one", () => {
  const known = ["payments", "search", "data", "ml", "growth", "platform", "web", "mobile", "more"];
  const one = slotsOf(known, known);
  const two = slotsOf(["growth", "(others)", "(idle)"], known);
  assert.equal(one.get("growth"), two.get("growth"));
  assert.equal(two.get("(others)"), -1);
  assert.equal(two.get("(idle)"), -2);
  const few = slotsOf(["web", "mobile", "more", "payments"], known);
  assert.equal(few.get("payments"), one.get("payments"));
  assert.equal(new Set(few.values()).size, 4);
  assert.equal(new Set(known.slice(0, 8).map((key) => one.get(key))).size, 8);
});
