/** The addresses of anomalies. */

import { type Pins, writeWalk } from "../../state/why.ts";

export function ofPins(pins: Pins): string | undefined {
  return Object.keys(pins).length ? writeWalk([pins]) : undefined;
}

export function anomalyPath(id: string): string {
  return `/anomalies/${encodeURIComponent(id)}`;
}

/** The anomalies of one thing: its page of anomalies, whatever state they are in. */
export function anomaliesOf(pins: Pins): string {
  const of = ofPins(pins);
  return of ? `/anomalies?${new URLSearchParams({ of }).toString()}` : "/anomalies";
}
