/** One AI call: what it cost and why, line by line; how it came out; whose it is; all that is known of it. */

import { type ReactNode } from "react";
import { Link } from "wouter";
import type { PriceExplained, PriceLine, SingleOperation } from "../api/operation.ts";
import { useReport } from "../api/queries.ts";
import { Amount } from "../figures/Amount.tsx";
import { withCurrency } from "../format/currency.ts";
import { instantText } from "../format/dates.ts";
import { amountDigits, counted, exactText, quantityText, timesTen } from "../format/decimal.ts";
import { kindText } from "../format/kinds.ts";
import { overheadWords } from "../format/overhead.ts";
import { stateWords } from "../format/priceStates.ts";
import { Problem, RowsSkeleton } from "../page/states.tsx";
import { useView } from "../state/view.ts";
import { OperationFacts } from "./OperationFacts.tsx";
import { Title } from "./Title.tsx";

export function OperationExplained({ id }: { id: string }) {
  const query = useReport<SingleOperation>(`/operations/${encodeURIComponent(id)}`, {}, { keep: false });
  if (query.isError) return <div className="why-body"><Problem error={query.error} needsRun={false} /></div>;
  if (!query.data) return <div className="why-body" role="status" aria-label="Loading"><i className="sk sk-question" /><i className="sk sk-answer" /><RowsSkeleton rows={7} /></div>;
  const { headline, operation, price } = query.data;
  return (
    <div className="why-body">
      <Title at={id}>{headline}</Title>
      {price.cost === null ? null : <p className="why-amount" data-testid="why-amount"><Amount unit value={price.cost} currency={price.currency} label="Cost" /></p>}
      <p className="meta"><span>began {instantText(operation.time)}</span><span className="mono breaks">{operation.operation_id}</span></p>
      <Price price={price} />
      {operation.overhead === null ? null : (
        <dl className="facts">
          <Fact name="Infrastructure it carries"><span className="num">{withCurrency(exactText(operation.overhead), price.currency)}</span><span className="sub">{overheadWords(operation.overhead_is)}, not in the cost above</span></Fact>
        </dl>
      )}
      <OperationFacts operation={operation} />
    </div>
  );
}

function Price({ price }: { price: PriceExplained }) {
  const { href } = useView();
  const { currency, lines } = price;
  return (
    <section aria-label="How it was priced">
      <p className="why-sentence">
        {price.state === "priced" ? null : <span className="tag warn">{stateWords(price.state).short}</span>} {price.why ? `${sentence(price.why)}.` : price.sentence}
        {price.state === "unpriced" ? <> <Link className="link underlined" href={href("/ai/rates")}>What to write into apportion.yaml</Link></> : null}
      </p>
      {lines.length ? (
        <table className="table parts price-lines">
          <thead><tr><th scope="col">What was charged</th><th scope="col" className="right">Rate</th><th scope="col" className="right">Cost<span className="unit">{currency}</span></th></tr></thead>
          <tbody>
            {lines.map((line, index) => (
              <tr key={index}>
                <th scope="row">{kindText(line.kind)}<span className="sub num">{quantityOf(line)}</span><span className="sub wrap">{line.source}</span></th>
                <td className="right num quiet">{rateOf(line, currency)}</td>
                <td className="right num">{exactText(line.cost)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
      {price.lines_cost === null ? null : (
        <p className="why-sum">
          <span>{lines.length === 1 ? "One line" : `${lines.length} lines together`}</span>
          <span className="num">{withCurrency(exactText(price.lines_cost), currency)}{price.exact ? <span className="whole" title="The lines add up to the cost, to the last digit"> ✓<span className="sr-only"> equal to the cost above</span></span> : <span className="loss"> ≠ cost above</span>}</span>
        </p>
      )}
      {price.note ? <p className="aside-note">{price.note}</p> : null}
      <dl className="facts">
        {price.rate ? <Fact name="Rate">{price.rate.split("#")[0]}</Fact> : null}
        {price.card ? <Fact name="Rate card"><span className="mono">{price.card}</span></Fact> : null}
        {price.lines_card && price.lines_card !== price.card ? <Fact name="Lines by card"><span className="mono">{price.lines_card}</span></Fact> : null}
        {price.reported_cost === null ? null : <Fact name="Reported cost"><span className="num">{withCurrency(exactText(price.reported_cost), "USD")}</span>{price.reported_difference === null ? null : <span className="sub">ours less that: {withCurrency(amountDigits(price.reported_difference), "USD")}</span>}</Fact>}
      </dl>
    </section>
  );
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return <div><dt>{name}</dt><dd>{children}</dd></div>;
}

function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function quantityOf(line: PriceLine): string {
  return counted(quantityText(line.quantity), line.unit);
}

/** Tokens are priced by the million, as the lists do. */
function rateOf(line: PriceLine, currency: string | null): string {
  if (line.unit === "token") return `${withCurrency(exactText(timesTen(line.price, 6)), currency)} / M tokens`;
  return `${withCurrency(exactText(line.price), currency)} / ${line.unit}`;
}
