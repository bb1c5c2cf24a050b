/** Which models are compared with, and by what operations are told apart. */

import type { Alternative, Group } from "../../api/operations.ts";
import { compareDecimals } from "../../format/decimal.ts";
import type { Pins } from "../../state/why.ts";

const NONE = "(none)";

/** The models in the address, "a|b"; undefined where it names none. */
export function modelsIn(text: string | undefined): string[] | undefined {
  const found = (text ?? "").split("|").filter(Boolean);
  return found.length ? found : undefined;
}

export function modelsText(models: string[]): string | undefined {
  return models.join("|") || undefined;
}

/** The path of the report; it is asked for each model by the same name. */
export function pathAt(models: string[]): string {
  return `/operations/what-if?${new URLSearchParams(models.map((model) => ["model", model])).toString()}`;
}

function named(group: Group): string {
  const { provider = NONE, model = NONE } = group.key;
  return model === NONE ? "" : provider === NONE ? model : `${provider}/${model}`;
}

/** Models of operations, the dearest first. */
export function modelsOf(groups: Group[]): string[] {
  return groups.map(named).filter(Boolean);
}

/** What the page begins with: of the models in use that write answers, the one whose request costs least. */
export function cheapestOf(groups: Group[]): string[] {
  const writing = groups.filter((group) => named(group) && group.cost_per_request !== null && (group.output_tokens ?? 0) > 0);
  if (writing.length < 2) return [];
  const [least] = [...writing].sort((a, b) => compareDecimals(a.cost_per_request ?? "0", b.cost_per_request ?? "0"));
  return least ? [named(least)] : [];
}

/** By what operations are told apart; of one prompt, its variants come first. */
export function groupings(pins: Pins): { value: string; label: string }[] {
  const variants = [{ value: "variant", label: "Variant" }, { value: "variant,model", label: "Variant and model" }];
  const rest = [
    { value: "feature", label: "Feature" }, { value: "model", label: "Model" }, { value: "feature,model", label: "Feature and model" },
    { value: "prompt,variant", label: "Prompt and variant" }, { value: "customer", label: "Customer" }, { value: "plan", label: "Plan" }, { value: "all", label: "Nothing: as a whole" },
  ];
  return pins["prompt"] ? [...variants, ...rest] : [...rest.slice(0, 3), ...variants, ...rest.slice(3)];
}

export function groupName(row: Alternative, by: string[]): string {
  return by.map((name) => row.key[name] ?? NONE).join(" · ") || "All of them";
}

/** The groups in the order of the report, each with its alternative at each model. */
export function groupsOf(rows: Alternative[], by: string[]): { name: string; at: Map<string, Alternative> }[] {
  const found = new Map<string, Map<string, Alternative>>();
  for (const row of rows) {
    const name = groupName(row, by);
    const at = found.get(name) ?? new Map<string, Alternative>();
    found.set(name, at.set(row.model, row));
  }
  return [...found].map(([name, at]) => ({ name, at }));
}

/** The alternative that compares the most operations: what they cost now is the nearest to all of it. */
export function fullest(at: Map<string, Alternative>): Alternative | undefined {
  return [...at.values()].reduce<Alternative | undefined>((best, one) => (best && best.compared >= one.compared ? best : one), undefined);
}
