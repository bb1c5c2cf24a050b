import assert from "node:assert/strict";
import { test } from "node:test";
import { barsOf } from "../src/pages/bridge/bars.ts";

test("totals stand on zero and changes hang where the step before them ended", () => {
  const steps = [
    { kind: "start", amount: "100" },
    { kind: "change", amount: "-30" },
    { kind: "change", amount: "5.5" },
    { kind: "total", amount: "75.5" },
    { kind: "change", amount: "-80" },
    { kind: "total", amount: "-4.5" },
  ];
  assert.deepEqual(barsOf(steps), [
    { from: 0, to: 100 },
    { from: 100, to: 70 },
    { from: 70, to: 75.5 },
    { from: 0, to: 75.5 },
    { from: 75.5, to: -4.5 },
    { from: 0, to: -4.5 },
  ]);
});
