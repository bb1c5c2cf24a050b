/** The prompts that operations name, and their variants. */

import type { Group } from "../../api/operations.ts";

const NONE = "(none)";

/** Each prompt with its variants, the dearest first. */
export function promptsOf(groups: Group[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { key } of groups) {
    const { prompt = NONE, variant = NONE } = key;
    if (prompt !== NONE) found.set(prompt, [...(found.get(prompt) ?? []), variant]);
  }
  return found;
}

/** The first prompt that has something to compare, else the first. */
export function telling(prompts: Map<string, string[]>): string | undefined {
  const all = [...prompts];
  return (all.find(([, variants]) => variants.length > 1) ?? all[0])?.[0];
}
