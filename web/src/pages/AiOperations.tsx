/** Which calls are behind a number? Operations one by one, the newest first, and each with its price explained. */

import { useInfiniteQuery, keepPreviousData } from "@tanstack/react-query";
import { Link } from "wouter";
import { csvAddress, fetchReport } from "../api/client.ts";
import type { OperationsList } from "../api/operations.ts";
import { AiPage } from "./ai/AiPage.tsx";
import { useAsked } from "./ai/asked.ts";
import { FilterBy } from "./ai/FilterBy.tsx";
import { OperationTable } from "./ai/OperationTable.tsx";
import { PriceStates } from "./ai/PriceStates.tsx";

const PATH = "/ai/operations";

export default function AiOperations() {
  const { params, pins, to } = useAsked();
  const query = useInfiniteQuery({
    queryKey: ["operations by pages", params],
    queryFn: ({ pageParam, signal }) => fetchReport<OperationsList>("/operations", { ...params, cursor: pageParam || undefined }, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });
  const pages = query.data?.pages ?? [];
  const rows = pages.flatMap((page) => page.operations);
  const own = [...new Set(rows.flatMap((row) => Object.keys(row.dimensions)))].sort();
  const answer = { data: pages[0], error: pages.length ? null : query.error, isPlaceholderData: query.isPlaceholderData, refetch: query.refetch };
  return (
    <AiPage title="AI operations" path={PATH} question="Which calls are behind a number?" query={answer}>
      {() => (
        <>
          <FilterBy path={PATH} own={own} />
          <PriceStates />
          <OperationTable rows={rows} csv={csvAddress("/operations", { ...params, limit: "1000" })} more={query.hasNextPage} />
          <div className="paging">
            {query.isFetchNextPageError ? <p className="loss" role="alert">{query.error.message}</p> : null}
            {query.hasNextPage ? <button type="button" className="text-button bordered" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>Load more</button> : null}
            {rows.length ? <Link className="link quiet" href={to("/ai/tree", pins, { level: "call" })}>The dearest first</Link> : null}
          </div>
        </>
      )}
    </AiPage>
  );
}
