/** In words: what each model would have saved, what it could not price, and that quality is not what is compared. */

import { Link } from "wouter";
import type { Alternative, OperationsWhatIf } from "../../api/operations.ts";
import { Amount } from "../../figures/Amount.tsx";
import { Change } from "../../figures/Change.tsx";
import { withCurrency } from "../../format/currency.ts";
import { amountDigits, compareDecimals, counted, isNegative, isZero, quantityText, unitDigits } from "../../format/decimal.ts";
import { useAsked } from "./asked.ts";
import { fullest, groupsOf } from "./otherModels.ts";

export function WhatIfWords({ whole, report }: { whole: Alternative[]; report: OperationsWhatIf }) {
  const { pins, to } = useAsked();
  const { meta } = report;
  const even = evenSo(report);
  return (
    <section className="what-if" aria-label="In words">
      <ul className="findings">
        {whole.map((row) => <Saved key={row.model} row={row} currency={meta.currency} missing={row.unpriced ? report.missing : null} />)}
      </ul>
      {even ? <p className="what-if-even" data-testid="even-so">{even}</p> : null}
      <p className="aside-note" data-testid="quality-note">
        <strong>Not compared: quality.</strong> {report.note} Try it on a part of the traffic, as a variant of its own: <Link className="link underlined" href={to("/ai/variants", pins)}>variants</Link> say what better costs.
      </p>
    </section>
  );
}

function Saved({ row, currency, missing }: { row: Alternative; currency: string; missing: string | null }) {
  const size = withCurrency(amountDigits(row.difference.replace(/^-/, "")), currency);
  const change = isZero(row.difference) ? "As much as" : `${size} ${isNegative(row.difference) ? "less" : "more"} than`;
  return (
    <li>
      <div className="finding-head">
        <span>{row.model}</span>
        {row.compared ? <span className="num"><Amount value={row.cost_then} currency={currency} label={`Cost at ${row.model}`} /> <Change pct={row.difference_pct} label="against the cost now" /></span> : <span className="tag warn">not priced</span>}
      </div>
      <p>
        {row.compared ? `${change} the ${withCurrency(amountDigits(row.cost_now), currency)} that ${counted(row.compared, "operation")} cost now. ` : "No operation can be compared. "}
        {leftOut(row)}{missing ? ` First: ${missing}.` : ""}
      </p>
    </li>
  );
}

/** Operations that are in neither cost, and why. */
export function leftOut(row: Alternative): string {
  const said = [
    row.unpriced ? `${quantityText(row.unpriced)} that it has no rate for` : "",
    row.unknown ? `${quantityText(row.unknown)} that told too little for its price` : "",
    row.other_currency ? `${quantityText(row.other_currency)} that its rate prices in another currency` : "",
    row.without_cost ? `${quantityText(row.without_cost)} whose cost now is not known` : "",
  ].filter(Boolean);
  return said.length ? `Left out: ${said.join("; ")}.` : "None is left out.";
}

/** The dearest variant on a cheaper model beside the cheapest as it is: a long prompt there, a short one here. */
function evenSo(report: OperationsWhatIf): string | null {
  if (!report.by.includes("variant")) return null;
  const groups = groupsOf(report.alternatives, report.by).flatMap(({ name, at }) => {
    const now = fullest(at)?.per_request_now;
    return now && !name.split(" · ").includes("(none)") ? [{ name, at, now }] : [];
  });
  const ordered = [...groups].sort((a, b) => compareDecimals(a.now, b.now));
  const [cheap, dear] = [ordered[0], ordered.at(-1)];
  if (!cheap || !dear || cheap === dear) return null;
  const there = [...dear.at.values()].filter((row) => row.per_request_then !== null).sort((a, b) => compareDecimals(a.per_request_then ?? "0", b.per_request_then ?? "0"))[0];
  if (!there?.per_request_then) return null;
  const money = (text: string) => withCurrency(unitDigits(text), report.meta.currency);
  const less = compareDecimals(there.per_request_then, cheap.now) < 0;
  return `A request of ${dear.name}, the dearest, would cost ${money(there.per_request_then)} at ${there.model}: ${less ? "less" : "more"} than one of ${cheap.name}, the cheapest, costs now (${money(cheap.now)}).`;
}
