/** Every movement of a customer's credits, newest first; nothing of it is ever changed. */

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { csvAddress, fetchReport } from "../../api/client.ts";
import { CREDITS, type Entry, type OneCredits } from "../../api/credits.ts";
import { Words } from "../../figures/Words.tsx";
import { instantText } from "../../format/dates.ts";
import { Problem, RowsSkeleton } from "../../page/states.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import { Credits, entryText } from "./words.tsx";

export function Ledger({ path, at }: { path: string; at: string | undefined }) {
  const query = useInfiniteQuery({
    queryKey: [CREDITS, path, "by pages", at],
    queryFn: ({ pageParam, signal }) => fetchReport<OneCredits>(path, { at, cursor: pageParam || undefined }, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });
  const pages = query.data?.pages ?? [];
  const rows = pages.flatMap((page) => page.entries);
  if (query.isError && !pages.length) return <Problem error={query.error} retry={() => void query.refetch()} needsRun={false} />;
  if (!pages.length) return <div className="block"><RowsSkeleton rows={6} /></div>;
  return (
    <>
      <DataTable<Entry>
        paged name="ledger" title="Ledger" note={query.hasNextPage ? `the newest ${rows.length}` : "newest first"} rows={rows} rowKey={(row) => String(row.number)} csv={csvAddress(path, { at, limit: "1000" }, "entries")} empty={<p className="quiet">Nothing moved yet.</p>}
        columns={[
          { key: "at", label: "When", heads: true, value: (row) => row.at, render: (row) => <span className="nowrap">{instantText(row.at)}</span> },
          { key: "kind", label: "What", value: (row) => row.kind, render: (row) => <>{entryText(row.kind)}{row.reason ? <span className="sub wrap"><Words text={row.reason} /></span> : null}</> },
          { key: "feature", label: "Feature", value: (row) => row.feature, render: (row) => row.feature || <span className="quieter">–</span> },
          { key: "operation_id", label: "Operation", spare: 1, value: (row) => row.operation_id, render: (row) => (row.operation_id ? <span className="mono op-id">{row.operation_id}</span> : <span className="quieter">–</span>) },
          { key: "credits", label: "Credits", numeric: true, value: (row) => row.credits, render: (row) => <Credits value={row.credits} /> },
        ]}
      />
      {query.hasNextPage ? <div className="paging"><button type="button" className="text-button bordered" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>Load more</button></div> : null}
    </>
  );
}
