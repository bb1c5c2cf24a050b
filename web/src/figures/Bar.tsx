/** A bar inside a table row, from zero; its number stands beside it. */

import { geometry } from "../format/decimal.ts";

interface BarProps {
  value: string;
  /** The value of a full bar. */
  most: number;
  slot?: number;
}

export function Bar({ value, most, slot }: BarProps) {
  const share = most > 0 ? Math.min(100, (100 * Math.abs(geometry(value))) / most) : 0;
  const negative = geometry(value) < 0;
  return (
    <span className="track" aria-hidden="true">
      <span className={`fill${negative ? " fill-loss" : ""}${slot === undefined ? "" : " swatch"}`} data-slot={slot} style={{ width: `${share}%` }} />
    </span>
  );
}

export function mostOf(values: string[]): number {
  return Math.max(0, ...values.map((value) => Math.abs(geometry(value))));
}
