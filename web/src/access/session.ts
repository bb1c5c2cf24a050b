/** Whether anybody is logged in here: the server says so, at whatever is asked of it. */

import { useSyncExternalStore } from "react";
import { onTurnedAway } from "../api/client.ts";
import { queryClient } from "../api/queries.ts";

let out = false;
const listeners = new Set<() => void>();

function say(now: boolean): void {
  out = now;
  listeners.forEach((listener) => listener());
}

onTurnedAway(() => { if (!out) say(true); });

export function useTurnedAway(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => out,
  );
}

/** Somebody else asks from now on: no answer that was given before may be seen again. */
export function begin(): void {
  queryClient.clear();
  say(false);
}

/** Nobody asks any more. */
export function end(): void {
  queryClient.clear();
  say(true);
}
