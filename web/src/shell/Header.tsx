/** Search, window and metric: what every page is asked with. */

import { useLocation } from "wouter";
import { useMe } from "../access/me.ts";
import { UserMenu } from "../access/UserMenu.tsx";
import { CurrencyPicker } from "./CurrencyPicker.tsx";
import { MetricPicker } from "./MetricPicker.tsx";
import { AI_PLACES, isWithin, PLACES } from "./places.ts";
import { WindowPicker } from "./WindowPicker.tsx";

const mac = /Mac|iPhone|iPad/.test(navigator.platform);

/** Who sees one team alone finds the pages; names are looked for among all. */
function Find({ onFind }: { onFind: () => void }) {
  const alone = Boolean(useMe().data?.tenant);
  return (
    <button type="button" className="find" aria-label={alone ? "Find a page" : "Find a customer, service, team or page"} onClick={onFind} aria-keyshortcuts="/ Control+K Meta+K">
      <svg width="14" height="14" viewBox="0 0 16 16" aria-hidden="true"><circle cx="7" cy="7" r="4.6" fill="none" stroke="currentColor" strokeWidth="1.5" /><path d="m10.5 10.5 3.7 3.7" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" /></svg>
      <span className="find-words">{alone ? "Find a page" : "Find a customer, service or team"}</span>
      <kbd>/</kbd><kbd>{mac ? "⌘K" : "Ctrl K"}</kbd>
    </button>
  );
}

export function Header({ onFind }: { onFind: () => void }) {
  const [path] = useLocation();
  const allDays = [...PLACES, ...AI_PLACES].some((place) => place.allDays && isWithin(path, place));
  const rated = PLACES.some((place) => place.rated && isWithin(path, place));
  return (
    <header className="bar">
      <Find onFind={onFind} />
      <div className="bar-right">
        <CurrencyPicker />
        {rated ? null : <MetricPicker />}
        {allDays ? null : <WindowPicker />}
        <UserMenu />
      </div>
    </header>
  );
}
