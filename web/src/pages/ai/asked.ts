/** What the AI pages ask for: the window, and whose operations, written in the address as "of=team:search;user:mia". */

import type { Params } from "../../api/client.ts";
import { useView } from "../../state/view.ts";
import { type Pins, readWalk, writeWalk } from "../../state/why.ts";

export interface AiAsked {
  /** Whose operations: dimensions and the value that each must have. */
  pins: Pins;
  /** What every report is asked with; cost of operations has one metric, so none is named. */
  params: Params;
  /** The address of an AI page about `pins`; with `state`, what else it is told. */
  to: (path: string, pins: Pins, state?: Record<string, string>) => string;
}

export function ofText(pins: Pins): string {
  return Object.keys(pins).length ? writeWalk([pins]) : "";
}

export function useAsked(): AiAsked {
  const { state, params, href } = useView();
  const pins = readWalk(state["of"])[0] ?? {};
  const { window: span, currency } = params;
  return {
    pins,
    params: { ...pins, window: span, currency },
    to: (path, of, more = {}) => href(path, { ...more, of: ofText(of) }),
  };
}
