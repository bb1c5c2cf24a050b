/** The way of a cost, node by node: who passed how much of it on, by which rule, by what use. */

import type { Driver, Step } from "../api/questions.ts";
import { withCurrency } from "../format/currency.ts";
import { dayText, rangeText, addDays } from "../format/dates.ts";
import { amountDigits, exactText, percentText, quantityText } from "../format/decimal.ts";
import { UsageRowsOf } from "./UsageRowsOf.tsx";

/** Measures that are money, not use. */
const MONEY = new Set(["cost", "attributed"]);

export function StepList({ steps, currency }: { steps: Step[]; currency: string | null }) {
  return (
    <ol className="steps" aria-label="Steps">
      {steps.map((step, index) => <OneStep key={index} step={step} currency={currency} />)}
    </ol>
  );
}

function OneStep({ step, currency }: { step: Step; currency: string | null }) {
  const exact = [step.share ? `${exactText(step.share)}%` : "", `${step.weight}/${step.whole}`].filter(Boolean).join(", ");
  return (
    <li>
      <p className="step-head">
        <span className="step-way" title={`${step.node} → ${step.target}`}>{step.name} <span aria-hidden="true" className="quieter">→</span><span className="sr-only"> to </span> {step.target_name}</span>
        <span className="num" title={exact}>{percentText(step.share_pct)}</span>
      </p>
      <p className="sub">
        {step.rule ? <>rule {step.rule} <span className="mono" title="Version of this rule">{step.rule_version}</span>, {step.method}</> : "no rule took it"}
        {step.evidence === "assumed" ? <> <span className="tag warn">assumed</span></> : null}
      </p>
      {step.drivers.map((driver, index) => <OneDriver key={index} driver={driver} currency={currency} several={step.drivers.length > 1} />)}
    </li>
  );
}

function quantity(driver: Driver, value: string, currency: string | null): string {
  return MONEY.has(driver.measure) ? withCurrency(amountDigits(value), currency) : quantityText(value);
}

function daysOf(driver: Driver): string {
  if (!driver.from || !driver.to) return "";
  return driver.from === driver.to ? dayText(driver.from) : rangeText(driver.from, addDays(driver.to, 1));
}

function OneDriver({ driver, currency, several }: { driver: Driver; currency: string | null; several: boolean }) {
  const keys = Object.entries(driver.keys).map(([name, value]) => `${name} ${value}`);
  const about = [...keys, daysOf(driver)].filter(Boolean).join(", ");
  if (driver.quantity === null && !about && !driver.usage_rows_count) return null;
  return (
    <div className="driver">
      {driver.quantity !== null && driver.total !== null ? (
        <p className="num">{quantity(driver, driver.quantity, currency)} of {quantity(driver, driver.total, currency)}{driver.measure ? ` ${driver.measure}` : ""}{several ? <span className="quiet"> = {percentText(driver.share_pct)}</span> : null}</p>
      ) : null}
      {about ? <p className="sub">{about}{driver.carried_forward ? <> <span className="tag warn" title="No use was measured on the day itself">carried forward</span></> : null}</p> : null}
      {driver.usage_rows_count ? <UsageRowsOf driver={driver} /> : null}
    </div>
  );
}
