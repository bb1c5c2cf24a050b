/** Arrow keys move between the links of a table; Enter, as everywhere, opens the one in focus. */

import type { KeyboardEvent } from "react";

const STOPS = "a[href], button";

function stopsOf(cell: Element | undefined): HTMLElement | null {
  return cell?.querySelector<HTMLElement>(STOPS) ?? null;
}

function near(row: HTMLTableRowElement, index: number): HTMLElement | null {
  const cells = [...row.cells];
  const order = [...cells.keys()].sort((a, b) => Math.abs(a - index) - Math.abs(b - index));
  for (const at of order) {
    const stop = stopsOf(cells[at]);
    if (stop) return stop;
  }
  return null;
}

function sideways(row: HTMLTableRowElement, from: Element, step: 1 | -1): HTMLElement | null {
  const stops = [...row.querySelectorAll<HTMLElement>(STOPS)];
  return stops[stops.indexOf(from as HTMLElement) + step] ?? null;
}

function target(event: KeyboardEvent<HTMLTableElement>, row: HTMLTableRowElement, from: Element): HTMLElement | null {
  const rows = [...event.currentTarget.rows];
  const column = (from.closest("td, th") as HTMLTableCellElement | null)?.cellIndex ?? 0;
  const at = rows.indexOf(row);
  const walk = (start: number, step: 1 | -1): HTMLElement | null => {
    for (let index = start; index >= 0 && index < rows.length; index += step) {
      const next = rows[index];
      const stop = next ? near(next, column) : null;
      if (stop) return stop;
    }
    return null;
  };
  switch (event.key) {
    case "ArrowDown": return walk(at + 1, 1);
    case "ArrowUp": return walk(at - 1, -1);
    case "ArrowRight": return sideways(row, from, 1);
    case "ArrowLeft": return sideways(row, from, -1);
    case "Home": return walk(0, 1);
    case "End": return walk(rows.length - 1, -1);
    default: return null;
  }
}

export function moveWithArrows(event: KeyboardEvent<HTMLTableElement>): void {
  if (event.metaKey || event.ctrlKey || event.altKey || !(event.target instanceof HTMLElement)) return;
  const from = event.target.closest(STOPS);
  const row = from?.closest("tr");
  if (!from || !row) return;
  const next = target(event, row, from);
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.scrollIntoView({ block: "nearest", inline: "nearest" });
}
