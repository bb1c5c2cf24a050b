/** Opening and closing the "why" panel, whose walk is in the address. */

import { useCallback, useMemo } from "react";
import { useLocation, useSearch } from "wouter";
import { patchState, readState } from "./url.ts";
import { type Pins, readWalk, writeWalk } from "./why.ts";

let opener: HTMLElement | null = null;

export interface Door {
  walk: Pins[];
  hrefTo: (walk: Pins[]) => string;
  goTo: (walk: Pins[], from?: HTMLElement | null) => void;
  close: () => void;
}

export function useDoor(): Door {
  const search = useSearch();
  const [, navigate] = useLocation();
  const text = readState(search)["why"];
  const walk = useMemo(() => readWalk(text), [text]);
  const hrefTo = useCallback(
    (steps: Pins[]) => location.pathname + patchState(search, { why: writeWalk(steps) || undefined }),
    [search],
  );
  const goTo = useCallback(
    (steps: Pins[], from?: HTMLElement | null) => {
      // A step within the panel is not where the walk began.
      if (from && !from.closest(".why")) opener = from;
      navigate(location.pathname + patchState(location.search, { why: writeWalk(steps) || undefined }));
    },
    [navigate],
  );
  const close = useCallback(() => {
    navigate(location.pathname + patchState(location.search, { why: undefined }));
    const back = opener?.isConnected ? opener : document.querySelector<HTMLElement>("h1");
    opener = null;
    back?.focus();
  }, [navigate]);
  return { walk, hrefTo, goTo, close };
}
