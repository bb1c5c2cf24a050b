/** Eight colours that stay apart for colour-blind eyes; a key keeps its colour on every page. */

export const LIGHT = ["#1f7a80", "#b4561a", "#343f99", "#ea86a6", "#a39a1a", "#35b6ea", "#8375d6", "#64322f"];
export const DARK = ["#2f978f", "#da8737", "#7f73d2", "#ffbdc7", "#d9e173", "#7ab0c4", "#baa7ff", "#c05a37"];
export const SLOTS = LIGHT.length;

/** Keys that are no one's: the rest, and cost without an answer. They are grey, what is idle a darker one. */
const GREY = new Map([["(others)", -1], ["(none)", -1], ["(unallocated)", -1], ["(idle)", -2]]);

/** FNV-1a, so that the same name has the same number everywhere. */
export function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (const sign of key) {
    hash ^= sign.codePointAt(0) ?? 0;
    hash = Math.imul(hash, 0x01000193) >>> 0;
  }
  return hash;
}

function place(keys: string[], slots: Map<string, number>): void {
  const taken = new Set(slots.values());
  for (const key of keys) {
    let slot = hashOf(key) % SLOTS;
    for (let step = 0; taken.has(slot) && step < SLOTS; step += 1) slot = (slot + 1) % SLOTS;
    taken.add(slot);
    slots.set(key, slot);
  }
}

/**
 * The slot of every key, below 0 for grey. `known` is the dimension's own order (largest first): its first eight
 * take the slots their hashes ask for, the next free one on collision, whatever is shown. Any other key
 * takes a slot that no shown key has, while there is one.
 */
export function slotsOf(keys: string[], known: string[] = []): Map<string, number> {
  const largest = new Map<string, number>();
  place(known.filter((key) => !GREY.has(key)).slice(0, SLOTS), largest);
  const slots = new Map([...largest].filter(([key]) => keys.includes(key)));
  place(keys.filter((key) => !GREY.has(key) && !largest.has(key)), slots);
  for (const key of keys) slots.set(key, GREY.get(key) ?? slots.get(key) ?? -1);
  return slots;
}
