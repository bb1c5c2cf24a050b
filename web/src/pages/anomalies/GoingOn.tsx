/** That anomalies go on, with the largest: on the overview all, elsewhere those of one thing. */

import { Link } from "wouter";
import { useGoingOn } from "../../api/anomalies.ts";
import { withCurrency } from "../../format/currency.ts";
import { amountDigits, compareDecimals, isNegative } from "../../format/decimal.ts";
import { useView } from "../../state/view.ts";
import { Mark } from "./marks.tsx";
import { anomaliesOf, anomalyPath } from "./places.ts";
import { stepText } from "./words.ts";
import "./anomalies.css";

function size(text: string): string {
  return isNegative(text) ? text.slice(1) : text;
}

export function GoingOn({ of = {} }: { of?: Record<string, string> }) {
  const { href } = useView();
  const rows = useGoingOn(of);
  const [largest] = [...rows].sort((a, b) => compareDecimals(size(b.excess), size(a.excess)));
  if (!largest) return null;
  const list = anomaliesOf(of);
  const all = `${list}${list.includes("?") ? "&" : "?"}state=going_on`;
  const amount = withCurrency(amountDigits(size(largest.excess)), largest.currency);
  return (
    <p className={`going-on${rows.some((row) => row.severity === "critical") ? " critical" : ""}`} role="note" data-testid="going-on">
      <Mark one={largest} />
      <Link className="link underlined" href={href(anomalyPath(largest.incident_id))}>{largest.title}</Link>
      <span><span className="num">{amount}</span> {isNegative(largest.excess) ? "less" : "more"} than expected since {stepText(largest.first_step, largest.grain)}</span>
      {rows.length > 1 ? <Link className="link quiet more" href={href(all)}>{rows.length} anomalies go on</Link> : null}
    </p>
  );
}
