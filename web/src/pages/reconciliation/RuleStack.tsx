/** One bill as a bar: what each rule took of it. Its numbers stand beside it and in the table of rules. */

import type { RuleTotal } from "../../api/reconciliation.ts";
import { withCurrency } from "../../format/currency.ts";
import { amountDigits, geometry } from "../../format/decimal.ts";
import { ruleName } from "./rules.ts";

export function RuleStack({ rules, slots, currency }: { rules: RuleTotal[]; slots: Map<string, number>; currency: string }) {
  const total = rules.reduce((sum, rule) => sum + Math.abs(geometry(rule.claimed)), 0);
  const words = rules.map((rule) => `${ruleName(rule.rule)} ${withCurrency(amountDigits(rule.claimed), currency)}`).join(", ");
  return (
    <span className="rule-stack" role="img" aria-label={words} title={words}>
      {rules.map((rule) => <i key={rule.rule} className="swatch" data-slot={slots.get(rule.rule)} style={{ width: `${total ? (100 * Math.abs(geometry(rule.claimed))) / total : 0}%` }} />)}
    </span>
  );
}
