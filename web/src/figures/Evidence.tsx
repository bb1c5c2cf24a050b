/** How a cost is known: direct (it carries the name), measured (by use) or assumed (a rule says so). */

import type { Known } from "../api/types.ts";
import { withCurrency } from "../format/currency.ts";
import { amountDigits, geometry, isZero, percentText } from "../format/decimal.ts";
import type { Column } from "../table/columns.ts";

const KINDS = ["direct", "measured", "assumed"] as const;

function wordsOf(known: Known, currency: string | null): string {
  return KINDS.map((kind) => `${kind} ${withCurrency(amountDigits(known[kind]), currency)}${known[`${kind}_pct`] === null ? "" : ` (${percentText(known[`${kind}_pct`])})`}`).join(", ");
}

/** The bar alone; its words are for those who hover and for those who listen. */
export function Evidence({ known, currency }: { known: Known; currency: string | null }) {
  const total = KINDS.reduce((sum, kind) => sum + Math.max(0, geometry(known[kind])), 0);
  const words = wordsOf(known, currency);
  return (
    <span className="evidence" role="img" aria-label={words} title={words}>
      {KINDS.map((kind) => (
        <span key={kind} className={`evidence-${kind}`} style={{ width: `${total ? (100 * Math.max(0, geometry(known[kind]))) / total : 0}%` }} />
      ))}
    </span>
  );
}

/** The bar, and how much of it is only assumed: what a margin is to be doubted by. */
export function EvidenceNote({ known, currency }: { known: Known; currency: string | null }) {
  if (known.assumed_pct === null) return null;
  return (
    <span className="evidence-note">
      <Evidence known={known} currency={currency} /> <span className="nowrap">{isZero(known.assumed) ? "nothing assumed" : `${percentText(known.assumed_pct)} assumed`}</span>
    </span>
  );
}

export function EvidenceKeys() {
  return (
    <span className="legend evidence-keys">
      {KINDS.map((kind) => <span key={kind}><i className={`key evidence-${kind}`} />{kind}</span>)}
    </span>
  );
}

export function evidenceColumn<Row extends Known>(currency: (row: Row) => string | null, more: Partial<Column<Row>> = {}): Column<Row> {
  return {
    key: "assumed_pct", label: "Evidence", unit: "assumed", numeric: true, title: "How the cost is known: direct, measured or assumed; the number is what is assumed", value: (row) => row.assumed_pct,
    render: (row) => <span className="evidence-cell"><Evidence known={row} currency={currency(row)} /><span className="num quiet">{row.assumed_pct === null ? "–" : percentText(row.assumed_pct)}</span></span>,
    ...more,
  };
}
