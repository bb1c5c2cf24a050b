/** A change as a bar to the left or right of a middle line; its number, with its sign, stands beside it. */

import { geometry } from "../format/decimal.ts";

export function Delta({ value, most }: { value: string; most: number }) {
  const size = geometry(value);
  const share = most > 0 ? Math.min(50, (50 * Math.abs(size)) / most) : 0;
  return (
    <span className="delta" aria-hidden="true">
      <span className={size < 0 ? "less" : "more"} style={{ width: `${share}%` }} />
    </span>
  );
}
