/** What a column of a table is. */

import type { ReactNode } from "react";
import { compareDecimals, isDecimal } from "../format/decimal.ts";

export interface Column<Row> {
  key: string;
  label: string;
  /** Second line of the head: the currency, once per column. */
  unit?: string | null | undefined;
  /** Numbers stand right in tabular figures and sort by value, largest first. */
  numeric?: boolean;
  /** The cell as the API gave it: for sorting, filtering, copying and CSV. */
  value: (row: Row) => string | number | null;
  render?: (row: Row) => ReactNode;
  /** Longer words for the head. */
  title?: string;
  /** Names the row: rendered as its header cell. */
  heads?: boolean;
  /** A drawing without a value of its own: not sorted, not copied. */
  drawing?: boolean;
  /** A bar, which takes the room there is. */
  wide?: boolean;
  /** Left out on narrow screens; 1 goes first. */
  spare?: 1 | 2;
}

export interface Sort {
  key: string;
  descending: boolean;
}

export function readSort(text: string | undefined): Sort | null {
  if (!text) return null;
  return text.startsWith("-") ? { key: text.slice(1), descending: true } : { key: text, descending: false };
}

export function writeSort(sort: Sort): string {
  return `${sort.descending ? "-" : ""}${sort.key}`;
}

function compare(left: string | number | null, right: string | number | null): number {
  const [a, b] = [String(left), String(right)];
  if (isDecimal(a) && isDecimal(b)) return compareDecimals(a, b);
  return a.localeCompare(b, "en", { numeric: true });
}

/** A sorted copy; rows without a value come last whichever way it goes. */
export function sorted<Row>(rows: Row[], column: Column<Row> | undefined, descending: boolean): Row[] {
  if (!column) return rows;
  return [...rows].sort((a, b) => {
    const [x, y] = [column.value(a), column.value(b)];
    if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1;
    return descending ? compare(y, x) : compare(x, y);
  });
}

export function matching<Row>(rows: Row[], columns: Column<Row>[], words: string): Row[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return rows;
  const texts = columns.filter((column) => !column.numeric && !column.drawing);
  return rows.filter((row) => {
    const text = texts.map((column) => column.value(row) ?? "").join(" ").toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

export function cellsOf<Row>(rows: Row[], columns: Column<Row>[]): string[][] {
  const told = columns.filter((column) => !column.drawing);
  const head = told.map((column) => (column.unit ? `${column.label} (${column.unit})` : column.label));
  return [head, ...rows.map((row) => told.map((column) => String(column.value(row) ?? "")))];
}
