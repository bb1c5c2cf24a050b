/** The way down the tree so far, and the levels that the node can open into. */

import { Link } from "wouter";
import type { OperationsTree } from "../../api/operations.ts";
import { useAsked } from "./asked.ts";
import { choicesOf, rest, upTo } from "./levels.ts";

export function LevelsAbove({ report }: { report: OperationsTree }) {
  const { pins, to } = useAsked();
  const last = report.path.map((above) => above.pinned).lastIndexOf(true);
  // A level that was looked up is told where it lies above what was asked for, and is one.
  const told = report.path.slice(0, last + 1).filter((above) => above.name !== null);
  if (!told.length) return null;
  return (
    <nav className="crumbs levels" aria-label="The way down">
      <ol>
        <li><Link className="link" href={to("/ai/tree", rest(pins))}>All</Link></li>
        {told.map((above, index) => (
          <li key={above.level}>
            <span className="quieter">{above.level.replaceAll("_", " ")}</span>{" "}
            {index === told.length - 1
              ? <span aria-current="step">{above.name}</span>
              : <Link className="link" href={to("/ai/tree", { ...rest(pins), ...upTo(pins, above.level), [above.level]: above.name ?? "" })}>{above.name}</Link>}
          </li>
        ))}
      </ol>
    </nav>
  );
}

export function LevelsBelow({ report }: { report: OperationsTree }) {
  const { pins, to } = useAsked();
  return (
    <nav className="choices" aria-label="Open into">
      {choicesOf(report).map((level) => (
        <Link key={level} className="text-button" aria-current={level === report.level ? "true" : undefined} href={to("/ai/tree", pins, { level })}>By {level.replaceAll("_", " ")}</Link>
      ))}
    </nav>
  );
}
