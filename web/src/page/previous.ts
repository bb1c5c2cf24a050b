/** A report's window and the one before it, as words and as pins of an explanation. */

import type { Meta } from "../api/types.ts";
import { rangeText } from "../format/dates.ts";
import type { Pins } from "../state/why.ts";

export function previousText(meta: Meta): string {
  return meta.previous_from && meta.previous_to ? rangeText(meta.previous_from, meta.previous_to) : "the window before";
}

export function previousPins(meta: Meta): Pins {
  return meta.previous_from && meta.previous_to ? { from: meta.previous_from, to: meta.previous_to } : {};
}

/** All cost of the report's window. */
export function windowPins(meta: Meta): Pins {
  return { from: meta.from, to: meta.to };
}
