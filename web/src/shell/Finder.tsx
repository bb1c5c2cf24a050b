/** Search and go anywhere: pages, customers, services, teams, from the keyboard. */

import { type KeyboardEvent, useDeferredValue, useEffect, useId, useRef, useState } from "react";
import { useLocation } from "wouter";
import { useMe } from "../access/me.ts";
import { useReport } from "../api/queries.ts";
import type { SearchResults } from "../api/questions.ts";
import { useView } from "../state/view.ts";
import { placeOf } from "./destinations.ts";
import { ACCESS_PLACES, AI_PLACES, ALERT_PLACES, allowed, PLACES } from "./places.ts";

interface Entry {
  key: string;
  name: string;
  kind: string;
  path: string;
}

/** Pages of pages come when they are looked for by a word. */
const PARTS = [
  ...AI_PLACES.slice(1).map((place) => ({ ...place, name: `AI: ${place.name}` })),
  ...ALERT_PLACES.slice(1).map((place) => ({ ...place, name: `Alerts: ${place.name}` })),
  ...ACCESS_PLACES.slice(1).map((place) => ({ ...place, name: `Access: ${place.name}` })),
];

function useEntries(words: string): Entry[] {
  const me = useMe().data;
  const asked = useDeferredValue(words.trim());
  const found = useReport<SearchResults>("/search", { q: asked }, { enabled: asked.length > 0 && !me?.tenant });
  const lower = asked.toLowerCase();
  const pages = [...PLACES, ...PARTS].filter((place) => allowed(place, me) && `${place.name} ${place.words}`.toLowerCase().includes(lower));
  const things = asked ? (found.data?.results ?? []) : [];
  return [
    ...things.map((thing) => ({ key: `${thing.kind}:${thing.id}`, name: thing.label, kind: thing.kind, path: placeOf(thing) })),
    ...pages.map((place) => ({ key: place.path, name: place.name, kind: "page", path: place.path })),
  ];
}

export function Finder({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [words, setWords] = useState("");
  const [at, setAt] = useState(0);
  const [, navigate] = useLocation();
  const { href } = useView();
  const entries = useEntries(words);
  const alone = Boolean(useMe().data?.tenant);
  const list = useId();
  const current = Math.min(at, Math.max(0, entries.length - 1));

  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => { if (before instanceof HTMLElement) before.focus(); };
  }, []);

  const go = (entry: Entry | undefined) => {
    if (!entry) return;
    dialog.current?.close();
    navigate(href(entry.path));
  };
  const press = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step) {
      event.preventDefault();
      const next = (current + step + entries.length) % Math.max(1, entries.length);
      setAt(next);
      document.getElementById(`${list}-${next}`)?.scrollIntoView({ block: "nearest" });
    }
    if (event.key === "Enter") go(entries[current]);
  };

  return (
    <dialog ref={dialog} className="finder" aria-label="Go anywhere" onClose={onClose} onClick={(event) => { if (event.target === dialog.current) dialog.current.close(); }}>
      <input
        type="text" autoFocus placeholder={alone ? "Page" : "Customer, service, team or page"} aria-label="Go to"
        role="combobox" aria-expanded="true" aria-controls={list} aria-activedescendant={entries.length ? `${list}-${current}` : undefined} autoComplete="off" spellCheck={false}
        value={words} onChange={(event) => { setWords(event.target.value); setAt(0); }} onKeyDown={press}
      />
      <ul id={list} role="listbox" aria-label="Places">
        {entries.map((entry, index) => (
          <li key={entry.key} id={`${list}-${index}`} role="option" aria-selected={index === current} onMouseMove={() => setAt(index)} onClick={() => go(entry)}>
            <span>{entry.name}</span><span className="quiet">{entry.kind}</span>
          </li>
        ))}
      </ul>
      {entries.length === 0 ? <p className="quiet finder-none" role="status">{alone ? "No page" : "Nothing"} is called “{words}”.</p> : null}
      <p className="finder-keys quieter" aria-hidden="true"><kbd>↑</kbd><kbd>↓</kbd> choose <kbd>Enter</kbd> open <kbd>Esc</kbd> close</p>
    </dialog>
  );
}
