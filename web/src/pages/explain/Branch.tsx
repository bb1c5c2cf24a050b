/** The parts of one amount; each that has parts of its own opens below itself. */

import { useInfiniteQuery } from "@tanstack/react-query";
import { fetchReport, type Params } from "../../api/client.ts";
import type { Explanation, Part } from "../../api/questions.ts";
import { Amount } from "../../figures/Amount.tsx";
import { dayText, isDay, weekdayOf } from "../../format/dates.ts";
import { compareDecimals, counted, percentText } from "../../format/decimal.ts";
import type { Pins } from "../../state/why.ts";
import { BasisBox } from "../../why/BasisBox.tsx";
import { LEVELS } from "../../why/Explained.tsx";
import { Origin } from "../../why/LineItems.tsx";
import { useOpened } from "./opened.ts";

interface BranchesProps {
  params: Params;
  pins: Pins;
  place: string;
  currency: string | null;
}

export function Branches({ params, pins, place, currency }: BranchesProps) {
  const asked = Object.fromEntries(Object.entries({ ...params, ...pins }).filter(([, value]) => value !== undefined));
  const query = useInfiniteQuery({
    queryKey: ["/explain by pages", asked],
    queryFn: ({ pageParam, signal }) => fetchReport<Explanation>("/explain", { ...asked, cursor: pageParam || undefined }, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
  });
  if (query.isError) return <p className="tree-wait loss" role="alert">{query.error.message}</p>;
  const first = query.data?.pages[0];
  if (!first) return <div className="tree-wait sk-rows" role="status" aria-label="Loading"><i className="sk" /><i className="sk" /></div>;
  const parts = query.data?.pages.flatMap((page) => page.parts) ?? [];
  const more = query.data?.pages.at(-1)?.more ?? 0;
  const whole = compareDecimals(first.parts_total, first.node.amount) === 0;
  return (
    <div className="branches">
      {place ? <p className="tree-sentence">{first.sentence}</p> : null}
      {first.basis ? <BasisBox basis={first.basis} currency={currency} /> : null}
      <p className="tree-level">{LEVELS[first.level]}</p>
      <ul>{parts.map((part, index) => <Branch key={index} part={part} params={params} place={place ? `${place}.${index}` : String(index)} currency={currency} pins={pins} />)}</ul>
      <p className="tree-sum">
        <span>{more ? `${parts.length} of ${parts.length + more} shown; all together` : counted(parts.length, "part")}</span>
        <span><Amount bare value={first.parts_total} currency={currency} label="All parts together" /> {whole ? <span className="whole">✓<span className="sr-only"> equal to the amount above</span></span> : <span className="loss">≠</span>}</span>
      </p>
      {query.hasNextPage ? <button type="button" className="text-button bordered" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>Show more parts</button> : null}
    </div>
  );
}

function labelOf(part: Part): string {
  if (part.line_item) return part.line_item.ChargeDescription || part.line_item.ServiceName || part.label;
  return isDay(part.label) ? `${weekdayOf(part.label)} ${dayText(part.label)}` : part.label;
}

interface BranchProps extends BranchesProps {
  part: Part;
}

function Branch({ part, params, pins, place, currency }: BranchProps) {
  const opened = useOpened();
  const open = part.pins !== null && opened.isOpen(place);
  const name = labelOf(part);
  return (
    <li>
      <div className="tree-row">
        <div className="tree-name">
          {part.pins ? (
            <button type="button" className="tree-toggle" aria-expanded={open} onClick={() => opened.toggle(place)}><span aria-hidden="true" className="tree-mark">{open ? "▾" : "▸"}</span>{name}</button>
          ) : <span className="tree-leaf">{name}</span>}
          {part.line_item ? <Origin item={part.line_item} /> : part.detail ? <span className="sub">{part.detail}</span> : null}
        </div>
        <span className="num quiet">{percentText(part.share_pct)}</span>
        <span className="tree-amount"><Amount bare value={part.amount} currency={currency} label={name} /></span>
      </div>
      {open && part.pins ? <Branches params={params} pins={{ ...pins, ...part.pins }} place={place} currency={currency} /> : null}
    </li>
  );
}
