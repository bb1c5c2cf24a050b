/** Lines of a bill: what was charged, where it stands in which file, and how much of it is in the amount above. */

import type { LineItem, Part } from "../api/questions.ts";
import { Amount } from "../figures/Amount.tsx";
import { compareDecimals } from "../format/decimal.ts";
import { instantText } from "../format/dates.ts";

export function LineItems({ parts, currency }: { parts: Part[]; currency: string | null }) {
  return (
    <table className="table parts line-items">
      <thead>
        <tr>
          <th scope="col">Line of the bill</th>
          <th scope="col" className="right">On the bill<span className="unit">{currency}</span></th>
          <th scope="col" className="right">In this amount<span className="unit">{currency}</span></th>
        </tr>
      </thead>
      <tbody>
        {parts.map((part, index) => <Line key={index} part={part} currency={currency} />)}
      </tbody>
    </table>
  );
}

function Line({ part, currency }: { part: Part; currency: string | null }) {
  const item = part.line_item;
  return (
    <tr data-testid="line-item">
      <th scope="row">
        {item?.ChargeDescription || item?.ServiceName || part.label}
        {item ? <Origin item={item} /> : <span className="sub">{part.detail}</span>}
      </th>
      <td className="right">
        <Amount bare value={item?.amount_on_bill} currency={currency} label="On the bill" />
        {item?.amount_of_day && compareDecimals(item.amount_of_day, item.amount_on_bill) !== 0 ? <span className="sub">of this day <Amount bare value={item.amount_of_day} currency={currency} label="Of this day" /></span> : null}
      </td>
      <td className="right"><Amount bare value={item?.amount ?? part.amount} currency={currency} label="In this amount" /></td>
    </tr>
  );
}

export function Origin({ item }: { item: LineItem }) {
  const facts = [item.ServiceName, item.SkuId ? `SKU ${item.SkuId}` : null, item.ChargePeriodStart ? instantText(item.ChargePeriodStart) : null].filter(Boolean);
  return (
    <>
      <span className="sub">{facts.join(" · ")}</span>
      {item.ResourceId ? <span className="sub mono breaks">{item.ResourceId}</span> : null}
      {item.x_SourceFile ? <span className="sub mono breaks">{item.x_SourceFile}:{item.x_SourceLine}</span> : null}
    </>
  );
}
