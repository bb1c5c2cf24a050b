/** One operation as what the panel is about. */

import type { Pins } from "../state/why.ts";

export function operationPins(id: string): Pins {
  return { about: "operation", id };
}
