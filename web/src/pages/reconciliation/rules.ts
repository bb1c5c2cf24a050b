/** What a rule is called, and its colour. */

import type { RuleTotal } from "../../api/reconciliation.ts";
import { SLOTS } from "../../theme/palette.ts";

export const NO_RULE = "no rule";

export function ruleName(rule: string): string {
  return rule || NO_RULE;
}

/** Rules keep the colour of their place; what no rule took is grey, and so is what comes after the colours. */
export function ruleSlots(rules: RuleTotal[]): Map<string, number> {
  const named = rules.filter((rule) => rule.rule);
  return new Map([...named.map((rule, at): [string, number] => [rule.rule, at < SLOTS ? at : -2]), ["", -1]]);
}
