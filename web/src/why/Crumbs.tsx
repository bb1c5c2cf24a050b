/** The way down so far; each step is a way back. */

import { WhyLink } from "../figures/Amount.tsx";
import { dayText, isDay, rangeText } from "../format/dates.ts";
import { type Pins, pinsOf } from "../state/why.ts";

const QUIET = new Set(["perspective", "from", "to", "metric", "window", "format", "filter", "currency", "via", "source", "cost_class"]);

/** What a step is called: what it pins and the steps before it did not, in the words of its values. */
function stepName(pins: Pins, before: Pins): string {
  const named = Object.entries(pins).filter(([name, value]) => !QUIET.has(name) && before[name] !== value && value !== "" && value !== "(none)");
  const words = named.map(([, value]) => (isDay(value) ? dayText(value) : value));
  const { from, to } = pins;
  if (from && to && words.length === 0) return rangeText(from, to);
  return words.join(" · ") || "All cost";
}

export function Crumbs({ walk }: { walk: Pins[] }) {
  if (walk.length < 2) return null;
  return (
    <nav aria-label="The way down" className="crumbs">
      <ol>
        {walk.map((pins, index) => (
          <li key={index}>
            {index === walk.length - 1 ? <span aria-current="step">{stepName(pins, pinsOf(walk.slice(0, index)))}</span> : <WhyLink walk={walk.slice(0, index + 1)} className="link">{stepName(pins, pinsOf(walk.slice(0, index)))}</WhyLink>}
          </li>
        ))}
      </ol>
    </nav>
  );
}
