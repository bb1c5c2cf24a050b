/** Filter, copy and CSV above a table. */

import { useEffect, useRef, useState } from "react";
import { copied } from "./clipboard.ts";
import { clipboardText, csvText, download } from "./csv.ts";

interface TableToolsProps {
  name: string;
  title: string;
  words: string;
  csv?: string | undefined;
  filterable: boolean;
  onFilter: (words: string) => void;
  cells: () => string[][];
}

export function TableTools({ name, title, words, csv, filterable, onFilter, cells }: TableToolsProps) {
  const [said, say] = useState("");
  const timer = useRef<number>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async () => {
    say((await copied(clipboardText(cells()))) ? "Copied" : "Not allowed here");
    timer.current = window.setTimeout(() => say(""), 1600);
  };
  return (
    <div className="toolbar-actions">
      {filterable ? (
        <input
          type="search" className="filter" placeholder="Filter" aria-label={`Filter ${title}`}
          value={words} onChange={(event) => onFilter(event.target.value)}
          onKeyDown={(event) => { if (event.key === "Escape" && words) { event.stopPropagation(); onFilter(""); } }}
        />
      ) : null}
      <button type="button" className="text-button" onClick={() => void copy()} aria-label={`Copy ${title}`}>
        <span role="status">{said || "Copy"}</span>
      </button>
      {csv ? (
        <a className="text-button" href={csv} download={`${name}.csv`} aria-label={`${title} as CSV`}>CSV</a>
      ) : (
        <button type="button" className="text-button" onClick={() => download(`${name}.csv`, csvText(cells()))} aria-label={`${title} as CSV`}>CSV</button>
      )}
    </div>
  );
}
