/** An amount, its parts, their parts: each level adds up to the amount above it, and is asked for when it is opened. */

import type { KeyboardEvent } from "react";
import type { Explanation } from "../../api/questions.ts";
import { Amount } from "../../figures/Amount.tsx";
import { useView } from "../../state/view.ts";
import type { Pins } from "../../state/why.ts";
import { Branches } from "./Branch.tsx";
import { useOpened } from "./opened.ts";

interface TreeProps {
  root: Explanation;
  pins: Pins;
  csv: string;
}

/** Up and down walk the branches that are shown; right opens one, left closes it. */
function walk(event: KeyboardEvent<HTMLElement>): void {
  if (!(event.target instanceof HTMLElement) || !event.target.matches("button[aria-expanded]")) return;
  const stops = [...event.currentTarget.querySelectorAll<HTMLElement>("button[aria-expanded]")];
  const at = stops.indexOf(event.target);
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  const open = event.target.getAttribute("aria-expanded") === "true";
  if (step) stops[at + step]?.focus();
  else if ((event.key === "ArrowRight" && !open) || (event.key === "ArrowLeft" && open)) event.target.click();
  else return;
  event.preventDefault();
}

export function Tree({ root, pins, csv }: TreeProps) {
  const { params } = useView();
  const opened = useOpened();
  const { currency } = root.node;
  const deeper = root.parts.flatMap((part, index) => (part.pins ? [String(index)] : []));
  return (
    <section className="block tree" aria-labelledby="tree-title" onKeyDown={walk}>
      <div className="toolbar">
        <h2 id="tree-title">What it is made of</h2>
        <span className="quiet">each level adds up to the amount above it</span>
        <div className="toolbar-actions">
          <button type="button" className="text-button" onClick={() => (opened.any ? opened.closeAll() : opened.openAll(deeper))}>{opened.any ? "Close all" : "Open one level"}</button>
          <a className="text-button" href={csv} download="explanation.csv" aria-label="First level as CSV">CSV</a>
          <button type="button" className="text-button" onClick={() => window.print()}>Print</button>
        </div>
      </div>
      <p className="tree-root"><span>{root.node.title}</span><span data-testid="tree-amount"><Amount value={root.node.amount} currency={currency} label={root.node.title} /></span></p>
      <Branches params={params} pins={pins} place="" currency={currency} />
    </section>
  );
}
