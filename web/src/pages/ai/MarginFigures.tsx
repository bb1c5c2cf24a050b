/** Cost, infrastructure, revenue, margin and what AI takes of the revenue: the large figures. */

import { Link } from "wouter";
import type { OperationsMargin } from "../../api/value.ts";
import { Amount } from "../../figures/Amount.tsx";
import { Figure, Figures } from "../../figures/Figure.tsx";
import { dayText } from "../../format/dates.ts";
import { counted, exactText } from "../../format/decimal.ts";
import { overheadWords } from "../../format/overhead.ts";
import { useView } from "../../state/view.ts";

export function MarginFigures({ report }: { report: OperationsMargin }) {
  const { href } = useView();
  const { total, meta } = report;
  const { currency } = meta;
  return (
    <>
      <Figures label="Totals">
        <Figure name="AI cost" note={<span>{counted(total.operations, "request")}{total.without_cost ? `, ${total.without_cost} without cost` : ""}</span>}>
          <span data-testid="total-cost"><Amount display compact value={total.cost} currency={currency} label="AI cost" /></span>
        </Figure>
        <Figure name="Infrastructure" note={<span>{total.overhead === null ? "none is named" : overheadWords(total.overhead_is)}</span>}>
          <Amount display compact value={total.overhead} currency={currency} label="Infrastructure" />
        </Figure>
        <Figure name="Revenue" note={<span>known through {dayText(report.revenue_through)}</span>}>
          <Amount display compact value={total.revenue} currency={currency} label="Revenue" />
        </Figure>
        <Figure name="Margin over AI" note={<span>{total.margin_pct === null ? "not defined" : `${exactText(total.margin_pct, 0)}% of revenue`}</span>}>
          <span data-testid="total-margin"><Amount display compact value={total.margin} currency={currency} label="Margin over AI" /></span>
        </Figure>
        <Figure name="AI takes" note={<span>of the revenue</span>}>
          <span className="num">{total.cost_pct === null ? "–" : `${exactText(total.cost_pct, 0)}%`}</span>
        </Figure>
      </Figures>
      <p className="aside-note">Revenue less AI and the infrastructure it carries; what else serving a customer costs is on the <Link className="link underlined" href={href("/customers")}>customers</Link> page.</p>
    </>
  );
}
