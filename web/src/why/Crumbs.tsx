/** The way down so far; each step is a way back. */

import { WhyLink } from "../figures/Amount.tsx";
import { dayText, isDay, rangeText } from "../format/dates.ts";
import type { Pins } from "../state/why.ts";

const QUIET = new Set(["perspective", "from", "to", "metric", "window", "format", "filter", "currency"]);

/** What a step is called: what it pins, in the words of its values. */
export function stepName(pins: Pins): string {
  const named = Object.entries(pins).filter(([name]) => !QUIET.has(name));
  const words = named.map(([, value]) => (isDay(value) ? dayText(value) : value));
  const { from, to } = pins;
  if (from && to && words.length === 0) return rangeText(from, to);
  return words.join(", ") || "All cost";
}

export function Crumbs({ walk }: { walk: Pins[] }) {
  if (walk.length < 2) return null;
  return (
    <nav aria-label="The way down" className="crumbs">
      <ol>
        {walk.map((pins, index) => (
          <li key={index}>
            {index === walk.length - 1 ? <span aria-current="step">{stepName(pins)}</span> : <WhyLink walk={walk.slice(0, index + 1)} className="link">{stepName(pins)}</WhyLink>}
          </li>
        ))}
      </ol>
    </nav>
  );
}
