/** One level of an explanation: the amount, the sentence, the basis, the parts and their sum. */

import { useInfiniteQuery } from "@tanstack/react-query";
import { fetchReport } from "../api/client.ts";
import type { Explanation } from "../api/questions.ts";
import type { Meta } from "../api/types.ts";
import { Amount } from "../figures/Amount.tsx";
import { compareDecimals } from "../format/decimal.ts";
import { MetaLine } from "../page/MetaLine.tsx";
import { Problem, RowsSkeleton } from "../page/states.tsx";
import { type Pins, stepName, writeWalk } from "../state/why.ts";
import { addDays } from "../format/dates.ts";
import { Crumbs } from "./Crumbs.tsx";
import { BasisBox } from "./BasisBox.tsx";
import { LineItems } from "./LineItems.tsx";
import { Parts } from "./Parts.tsx";
import { Title } from "./Title.tsx";

export const LEVELS: Record<Explanation["level"], string> = {
  rules: "By rule",
  services: "By provider service",
  pools: "By what was shared out",
  days: "By day",
  paths: "By the way it took",
  line_items: "Lines of the bill",
};

/** A pinned day is the window of what is shown. */
function atDay(meta: Meta, day: string | undefined): Meta {
  return day ? { ...meta, from: day, to: addDays(day, 1), days: 1, days_covered: 1 } : meta;
}

export function Explained({ pins, walk }: { pins: Record<string, string | undefined>; walk: Pins[] }) {
  const given = Object.fromEntries(Object.entries(pins).filter(([, value]) => value !== undefined));
  const query = useInfiniteQuery({
    queryKey: ["/explain by pages", given],
    queryFn: ({ pageParam, signal }) => fetchReport<Explanation>("/explain", { ...given, cursor: pageParam || undefined }, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
  });
  if (query.isError) return <div className="why-body"><Problem error={query.error} retry={() => void query.refetch()} /></div>;
  const first = query.data?.pages[0];
  if (!first) return <div className="why-body" role="status" aria-label="Loading"><i className="sk sk-question" /><i className="sk sk-answer" /><RowsSkeleton rows={7} /></div>;
  const parts = query.data?.pages.flatMap((page) => page.parts) ?? [];
  const more = query.data?.pages.at(-1)?.more ?? 0;
  const { node } = first;
  // The API's title names every pin; here the steps above do, and the title says what is new.
  const [root = node.title] = node.title.split(" \u00b7 ");
  const title = walk.length > 1 ? stepName(walk, walk.length - 1) : node.title;
  const whole = compareDecimals(first.parts_total, node.amount) === 0;
  return (
    <div className="why-body">
      <Crumbs walk={walk} root={root} />
      <Title at={writeWalk(walk)}>{title}</Title>
      <p className="why-amount" data-testid="why-amount"><Amount value={node.amount} currency={node.currency} label={title} display /></p>
      <MetaLine meta={atDay(first.meta, pins["day"])} />
      {first.sentence ? <p className="why-sentence">{first.sentence}</p> : null}
      {first.basis ? <BasisBox basis={first.basis} currency={node.currency} /> : null}
      {first.level === "line_items"
        ? <LineItems parts={parts} currency={node.currency} />
        : <Parts title={LEVELS[first.level]} parts={parts} currency={node.currency} walk={walk} />}
      <p className="why-sum">
        <span>{more ? `${parts.length} of ${parts.length + more} parts shown; all of them together` : `${parts.length === 1 ? "One part" : `${parts.length} parts together`}`}</span>
        <span className="num">
          <Amount value={first.parts_total} currency={node.currency} label="All parts together" />
          {whole ? <span className="whole" title="The parts sum to the amount above, to the last digit"> ✓<span className="sr-only"> equal to the amount above</span></span> : <span className="loss"> ≠ amount above</span>}
        </span>
      </p>
      {query.hasNextPage ? <button type="button" className="text-button bordered" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>Show more parts</button> : null}
    </div>
  );
}
