/** The address as React state: read it, change it, link with it. */

import { useCallback, useMemo } from "react";
import { useLocation, useSearch } from "wouter";
import type { Params } from "../api/client.ts";
import { hrefFor, patchState, readState, type State } from "./url.ts";

export interface View {
  state: State;
  search: string;
  /** What every report is asked with. */
  params: Params;
  set: (patch: Record<string, string | undefined>, options?: { push?: boolean }) => void;
  href: (path: string, extra?: State) => string;
}

export function useView(): View {
  const search = useSearch();
  const [, navigate] = useLocation();
  const state = useMemo(() => readState(search), [search]);
  const { window: span, metric, currency } = state;
  const params = useMemo(() => ({ window: span, metric, currency }), [span, metric, currency]);
  const set = useCallback<View["set"]>(
    (patch, options) => {
      // The address of now, not of the last render: two changes in one tick must both hold.
      const next = location.pathname + patchState(location.search, patch);
      navigate(next, { replace: !options?.push });
    },
    [navigate],
  );
  const href = useCallback((path: string, extra?: State) => hrefFor(path, search, extra), [search]);
  return { state, search, params, set, href };
}
