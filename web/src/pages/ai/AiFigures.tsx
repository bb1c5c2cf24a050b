/** Cost, tokens, cache share, cost per request, success: the large figures. */

import type { OperationsMeta, Total } from "../../api/operations.ts";
import { Amount } from "../../figures/Amount.tsx";
import { Change } from "../../figures/Change.tsx";
import { Figure, Figures } from "../../figures/Figure.tsx";
import { counted, percentText, quantityText } from "../../format/decimal.ts";
import { rangeText } from "../../format/dates.ts";
import { overheadWords } from "../../format/overhead.ts";
import { countText } from "./counts.ts";

interface AiFiguresProps {
  report: { total: Total; meta: OperationsMeta };
  /** Cost of a day, where that is asked. */
  perDay?: string | null;
  /** The page that the cost opens. */
  to?: string;
}

export function AiFigures({ report, perDay, to }: AiFiguresProps) {
  const { total, meta } = report;
  const { currency } = meta;
  const before = meta.previous_from && meta.previous_to ? rangeText(meta.previous_from, meta.previous_to) : null;
  return (
    <Figures label="Totals">
      <Figure
        name="Cost"
        note={
          <>
            {before ? <><Change pct={total.change_pct} label={`against ${before}`} /><span title={before}>vs {meta.days} days before</span></> : null}
            {total.full_cost === null ? null : <span title={`Infrastructure: ${overheadWords(total.overhead_is)}`}>with infrastructure <Amount value={total.full_cost} currency={currency} label="Cost with infrastructure" /></span>}
          </>
        }
      >
        <span data-testid="total-cost"><Amount display compact value={total.cost} currency={currency} label="Cost" to={to} /></span>
      </Figure>
      <Figure name="Cost per request" note={<span>{counted(total.operations, "request")}</span>}>
        <Amount unit value={total.cost_per_request} currency={currency} label="Cost per request" />
      </Figure>
      <Figure name="Tokens" note={total.tokens === null ? <span>none told</span> : <span>{countText(total.input_tokens)} in, {countText(total.output_tokens)} out</span>}>
        <span className="num" title={quantityText(total.tokens)} data-testid="tokens">{countText(total.tokens)}</span>
      </Figure>
      <Figure name="Read from a cache" note={<span>of the input</span>}>
        <span className="num">{total.cached_pct === null ? "–" : percentText(total.cached_pct)}</span>
      </Figure>
      <Figure name="Success" note={<span>{total.judged ? `of ${counted(total.judged, "request")} judged` : "none judged"}</span>}>
        <span className="num">{total.success_pct === null ? "–" : percentText(total.success_pct)}</span>
      </Figure>
      {perDay === undefined ? (
        <Figure name="Cost per success" note={<span>failures paid for too</span>}>
          <Amount unit value={total.cost_per_success} currency={currency} label="Cost per success" />
        </Figure>
      ) : (
        <Figure name="Cost per day" note={<span>of {counted(meta.days_covered, "day")} with data</span>}>
          <Amount display value={perDay} currency={currency} label="Cost per day" />
        </Figure>
      )}
    </Figures>
  );
}
