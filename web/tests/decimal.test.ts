import assert from "node:assert/strict";
import { test } from "node:test";
import { amountDigits, compactDigits, compareDecimals, counted, exactText, grouped, isNegative, percentsIn, percentText, quantityText, roundDecimal, timesTen, unitDigits } from "../src/format/decimal.ts";
import { withCurrency } from "../src/format/currency.ts";

test("rounds halves away from zero, on digits", () => {
  assert.equal(roundDecimal("2.345", 2), "2.35");
  assert.equal(roundDecimal("-2.345", 2), "-2.35");
  assert.equal(roundDecimal("999.995", 2), "1000.00");
  assert.equal(roundDecimal("-0.001", 2), "0.00");
  assert.equal(roundDecimal("0.1", 0), "0");
});

test("keeps digits that a float would lose", () => {
  assert.equal(grouped("9007199254740993.01"), "9,007,199,254,740,993.01");
  assert.equal(exactText("129213.046837490000"), "129,213.04683749");
  assert.equal(compareDecimals("9007199254740993.000000000001", "9007199254740993"), 1);
});

test("groups thousands and writes a true minus", () => {
  assert.equal(amountDigits("-7661.2"), "\u22127,661.20");
  assert.equal(withCurrency(amountDigits("-7661.2"), "USD"), "\u2212$7,661.20");
  assert.equal(withCurrency("12.00", "CHF"), "CHF 12.00");
});

test("small amounts keep their significant digits", () => {
  assert.equal(amountDigits("0.004213"), "0.0042");
  assert.equal(amountDigits("-0.00000457"), "\u22120.0000046");
  assert.equal(amountDigits("0.05"), "0.05");
  assert.equal(amountDigits("0.000000000000"), "0.00");
  assert.equal(unitDigits("0.010523"), "0.0105");
  assert.equal(unitDigits("3.14159"), "3.14");
});

test("large amounts do not shout", () => {
  assert.equal(compactDigits("1243000.5"), "1.24 M");
  assert.equal(compactDigits("-24300000000"), "\u221224.3 B");
  assert.equal(compactDigits("999999.994"), "999,999.99");
});

test("percents and quantities", () => {
  assert.equal(percentText("9.27", true), "+9.3%");
  assert.equal(percentText("-0.25", true), "\u22120.3%");
  assert.equal(percentText(null), "");
  assert.equal(quantityText("4182113.000000000000"), "4,182,113");
  assert.equal(isNegative("-0.000"), false);
  assert.equal(counted(1, "row"), "1 row");
  assert.equal(counted(1204, "row"), "1,204 rows");
});

test("a price for one token is that for a million with its point moved", () => {
  assert.equal(timesTen("0.0000025", 6), "2.5");
  assert.equal(timesTen("0.000002", 6), "2");
  assert.equal(timesTen("0.00000000375", 6), "0.00375");
  assert.equal(timesTen("-1.5", 3), "-1500");
});

test("percents of a sentence are rounded as those beside it", () => {
  assert.equal(percentsIn("92.02 % of 21,700.00 USD is spent, 5 % held."), "92.0% of 21,700.00 USD is spent, 5.0% held.");
  assert.equal(percentsIn("1,240.55 % of it"), `${percentText("1240.55")} of it`);
});
