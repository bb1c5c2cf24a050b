/** The way down so far; each step is a way back. */

import { WhyLink } from "../figures/Amount.tsx";
import { type Pins, stepName } from "../state/why.ts";

interface CrumbsProps {
  walk: Pins[];
  /** What the walk began with, as the API calls it: a customer's name, not the id. */
  root: string;
}

export function Crumbs({ walk, root }: CrumbsProps) {
  if (walk.length < 2) return null;
  return (
    <nav aria-label="The way down" className="crumbs">
      <ol>
        {walk.map((_, index) => {
          const name = index === 0 ? root : stepName(walk, index);
          return (
            <li key={index}>
              {index === walk.length - 1 ? <span aria-current="step">{name}</span> : <WhyLink walk={walk.slice(0, index + 1)} className="link">{name}</WhyLink>}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
