/** The page that answers for a customer, service or team. */

import { writeFilter } from "../state/filter.ts";

export interface Thing {
  kind: string;
  id: string;
}

export function customerPath(id: string): string {
  return `/customers/${encodeURIComponent(id)}`;
}

export function explainPath(of: string, id: string): string {
  return `/explain/${encodeURIComponent(of)}/${encodeURIComponent(id)}`;
}

export function servicePath(name: string): string {
  return `/services/${encodeURIComponent(name)}`;
}

export function teamPath(team: string): string {
  const filter = writeFilter({ any: false, conditions: [{ field: "team", values: [team], negated: false }] });
  return `/explorer?${new URLSearchParams({ group: "service", filter }).toString()}`;
}

export function placeOf(thing: Thing): string {
  if (thing.kind === "customer") return customerPath(thing.id);
  if (thing.kind === "service") return servicePath(thing.id);
  return teamPath(thing.id);
}
