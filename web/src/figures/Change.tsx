/** A change against the window before: arrow, sign and colour together. */

import { isNegative, isZero, percentText, roundDecimal } from "../format/decimal.ts";
import { geometry } from "../format/decimal.ts";

interface ChangeProps {
  pct: string | null | undefined;
  /** Whether more is good (revenue), bad (cost) or neither. */
  more?: "good" | "bad";
  label?: string;
}

/** A change below this many percent is noise and stays quiet. */
const LOUD = 5;

export function Change({ pct, more = "bad", label }: ChangeProps) {
  if (pct === null || pct === undefined) {
    return <span className="num quieter" title="No earlier window to compare with">–<span className="sr-only"> no earlier window to compare with</span></span>;
  }
  const flat = isZero(roundDecimal(pct, 1));
  const down = isNegative(pct);
  const good = down === (more === "bad");
  const loud = Math.abs(geometry(pct)) >= LOUD;
  const tone = flat || !loud ? "calm" : good ? "better" : "worse";
  return (
    <span className={`num change ${tone}`} title={label}>
      <span aria-hidden="true" className="arrow">{flat ? "→" : down ? "↓" : "↑"}</span>
      {percentText(pct, true)}
    </span>
  );
}
