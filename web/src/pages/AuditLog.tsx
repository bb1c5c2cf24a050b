/** Who changed what, and who was turned away? */

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { AUDIT, type AuditLog as Log, type AuditRow } from "../api/access.ts";
import { csvAddress, fetchReport } from "../api/client.ts";
import { counted } from "../format/decimal.ts";
import { PageBody } from "../page/Page.tsx";
import { PageSkeleton, Problem } from "../page/states.tsx";
import { AccessPages } from "./access/AccessPages.tsx";
import { AuditFilters, useAskedAudit } from "./access/AuditFilters.tsx";
import { AuditTable } from "./access/AuditTable.tsx";

export default function AuditLog() {
  const { asked, narrowed } = useAskedAudit();
  const query = useInfiniteQuery({
    queryKey: [AUDIT, "by pages", asked],
    queryFn: ({ pageParam, signal }) => fetchReport<Log>(AUDIT, { ...asked, cursor: pageParam || undefined }, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });
  const pages = query.data?.pages ?? [];
  const rows = pages.flatMap((page) => page.rows);
  return (
    <PageBody title="Audit log" question="Who changed what, and who was turned away?" above={<AccessPages at="/access/audit" />} answer={pages[0] ? sentence(rows) : null} busy={query.isPlaceholderData}>
      {query.isError && !pages.length ? <Problem error={query.error} retry={() => void query.refetch()} needsRun={false} /> : pages.length ? (
        <>
          <AuditFilters />
          <AuditTable rows={rows} csv={csvAddress(AUDIT, { ...asked, limit: "1000" })} more={query.hasNextPage} narrowed={narrowed} />
          {query.hasNextPage ? <div className="paging"><button type="button" className="text-button bordered" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>Load more</button></div> : null}
          <Head head={pages[0]?.head ?? ""} />
        </>
      ) : <PageSkeleton bare />}
    </PageBody>
  );
}

function sentence(rows: AuditRow[]): string {
  if (rows.length === 0) return "Nothing like this was done or refused.";
  const refused = rows.filter((row) => row.outcome === "refused").length;
  return `Of the latest ${counted(rows.length, "entry", "entries")}, ${refused === 0 ? "none was" : refused === 1 ? "1 was" : `${refused} were`} refused.`;
}

function Head({ head }: { head: string }) {
  return <p className="aside-note">Each entry carries the hash of the one before it. The newest: <code className="audit-head">{head}</code> Keep it elsewhere, and a log that was cut short shows.</p>;
}
