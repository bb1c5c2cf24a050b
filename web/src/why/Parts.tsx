/** The parts of an amount; each that has parts of its own is a door. */

import type { Part } from "../api/questions.ts";
import { Amount, WhyLink } from "../figures/Amount.tsx";
import { Bar, mostOf } from "../figures/Bar.tsx";
import { dayText, isDay, weekdayOf } from "../format/dates.ts";
import { percentText } from "../format/decimal.ts";
import { deeper, type Pins } from "../state/why.ts";
import { moveWithArrows } from "../table/arrows.ts";

interface PartsProps {
  title: string;
  parts: Part[];
  currency: string | null;
  walk: Pins[];
}

export function nameOf(part: Part): string {
  return isDay(part.label) ? `${weekdayOf(part.label)} ${dayText(part.label)}` : part.label;
}

export function Parts({ title, parts, currency, walk }: PartsProps) {
  const most = mostOf(parts.map((part) => part.amount));
  return (
    <table className="table parts" onKeyDown={moveWithArrows}>
      <thead>
        <tr><th scope="col">{title}</th><th scope="col" className="right">Share</th><th scope="col" className="right">Amount<span className="unit">{currency}</span></th></tr>
      </thead>
      <tbody>
        {parts.map((part, index) => {
          const down = part.pins ? deeper(walk, part.pins) : null;
          const name = nameOf(part);
          return (
            <tr key={`${index}-${part.label}`}>
              <th scope="row">
                {down ? <WhyLink walk={down} className="link">{name}</WhyLink> : name}
                {part.detail ? <span className="sub">{part.detail}</span> : null}
                <Bar value={part.amount} most={most} />
              </th>
              <td className="right num quiet">{percentText(part.share_pct)}</td>
              <td className="right"><Amount bare value={part.amount} currency={currency} label={name} why={down ?? undefined} /></td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
