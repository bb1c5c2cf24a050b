/** How much of a cost is direct, measured or assumed. */

import { withCurrency } from "../format/currency.ts";
import { amountDigits, geometry } from "../format/decimal.ts";

interface EvidenceProps {
  direct: string;
  measured: string;
  assumed: string;
  currency: string | null;
}

const KINDS = ["direct", "measured", "assumed"] as const;

export function Evidence(props: EvidenceProps) {
  const total = KINDS.reduce((sum, kind) => sum + Math.max(0, geometry(props[kind])), 0);
  const words = KINDS.map((kind) => `${kind} ${withCurrency(amountDigits(props[kind]), props.currency)}`).join(", ");
  return (
    <span className="evidence" role="img" aria-label={words} title={words}>
      {KINDS.map((kind) => (
        <span key={kind} className={`evidence-${kind}`} style={{ width: `${total ? (100 * Math.max(0, geometry(props[kind]))) / total : 0}%` }} />
      ))}
    </span>
  );
}
