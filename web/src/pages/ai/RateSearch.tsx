/** The table of rates: by provider and model, on a day or on all, page by page. */

import { Autocomplete, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { csvAddress, fetchReport } from "../../api/client.ts";
import type { RateList } from "../../api/operation.ts";
import type { OperationsBreakdown } from "../../api/operations.ts";
import { useReport } from "../../api/queries.ts";
import { dayText, isDay } from "../../format/dates.ts";
import { Problem, RowsSkeleton } from "../../page/states.tsx";
import { useView } from "../../state/view.ts";
import { HoldingRates } from "./HoldingRates.tsx";
import { RateTable } from "./RateTable.tsx";
import "../explorer/explorer.css";

const INPUT = { size: "xs" } as const;
const PAUSE_MS = 250;

/** Today in UTC, as rates are dated. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** What is typed is a part of a name; with an asterisk, or a provider beside it, it is meant as it is written. */
function asked(model: string, provider: string): string {
  return !model || model.includes("*") || provider ? model : `*${model}*`;
}

export function RateSearch() {
  const { state, set } = useView();
  const { provider = "", model = "", card = "" } = state;
  const on = state["on"] ?? today();
  const at = isDay(on) ? on : undefined;
  const given = { provider: provider || undefined, model: asked(model, provider) || undefined, at, card: card || undefined };
  const query = useInfiniteQuery({
    queryKey: ["rates by pages", given],
    queryFn: ({ pageParam, signal }) => fetchReport<RateList>("/rates", { ...given, cursor: pageParam || undefined }, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });
  const pages = query.data?.pages ?? [];
  const [first] = pages;
  const exact = provider !== "" && model !== "" && !`${provider}${model}`.includes("*");
  return (
    <div className="choosing" aria-busy={query.isPlaceholderData}>
      <Controls provider={provider} model={model} on={on} />
      {card ? <p className="aside-note">Of rate card <span className="mono">{card}</span>. <button type="button" className="text-button" onClick={() => set({ card: undefined })}>The card that holds now</button></p> : null}
      {exact ? <HoldingRates provider={provider} model={model} at={at ?? today()} rows={pages.flatMap((page) => page.rates)} /> : null}
      {first ? (
        <>
          <RateTable name="rates" title={at ? `Rates on ${dayText(at, true)}` : "Rates of all days"} rows={pages.flatMap((page) => page.rates)} total={first.total} csv={csvAddress("/rates", { ...given, limit: "1000" })} />
          <div className="paging">
            {query.isFetchNextPageError ? <p className="loss" role="alert">{query.error.message}</p> : null}
            {query.hasNextPage ? <button type="button" className="text-button bordered" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>Load more</button> : null}
            <span className="quiet">Rate card <span className="mono">{first.card}</span></span>
          </div>
        </>
      ) : query.error ? <Problem error={query.error} retry={() => void query.refetch()} needsRun={false} /> : <RowsSkeleton rows={8} />}
    </div>
  );
}

function Controls({ provider, model, on }: { provider: string; model: string; on: string }) {
  const { set } = useView();
  const [typed, setTyped] = useState({ provider, model });
  // A click on a model writes into the address what is then searched by.
  useEffect(() => setTyped({ provider, model }), [provider, model]);
  const used = useReport<OperationsBreakdown>("/operations/breakdown", { by: "provider", limit: "100" });
  const save = useDebouncedCallback((patch: Record<string, string | undefined>) => set({ ...patch, tier: undefined, batch: undefined }), PAUSE_MS);
  const type = (patch: Partial<typeof typed>) => {
    const next = { ...typed, ...patch };
    setTyped(next);
    save(next);
  };
  const providers = used.data?.groups.map((group) => group.key["provider"] ?? "").filter((name) => name && name !== "(none)") ?? [];
  const any = !isDay(on);
  return (
    <div className="controls" role="search" aria-label="Rates">
      <TextInput {...INPUT} className="control-wide" label="Model" placeholder="gpt-4o, *haiku*" value={typed.model} onChange={(event) => type({ model: event.currentTarget.value })} />
      <Autocomplete {...INPUT} label="Provider" placeholder="any" data={providers} value={typed.provider} comboboxProps={{ transitionProps: { duration: 0 } }} onChange={(value) => type({ provider: value })} />
      <TextInput {...INPUT} type="date" label="On the day" value={any ? "" : on} onChange={(event) => { const day = event.currentTarget.value; set({ on: isDay(day) && day !== today() ? day : undefined }); }} />
      <button type="button" className="text-button bordered" aria-pressed={any} onClick={() => set({ on: any ? undefined : "any" })}>All days</button>
    </div>
  );
}
