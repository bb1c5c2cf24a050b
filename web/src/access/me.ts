/** Who asks, and what may be offered to them; the server decides whatever is offered. */

import type { UseQueryResult } from "@tanstack/react-query";
import type { Me, Scope } from "../api/access.ts";
import { useReport } from "../api/queries.ts";

export const ME = "/access/me";

export function useMe(): UseQueryResult<Me, Error> {
  return useReport<Me>(ME, {}, { keep: false });
}

/** Until the answer is there, and where there is none, everything is offered. */
export function mayDo(me: Me | undefined, scope: Scope): boolean {
  return me ? me.scopes.includes(scope) : true;
}

export function useMay(scope: Scope): boolean {
  return mayDo(useMe().data, scope);
}

/** Somebody with an account of their own, whose name need not be asked for. */
export function useOwnName(): string | null {
  const me = useMe().data;
  return me?.configured && me.kind === "person" ? me.name : null;
}
