/** The rows of usage that a step was measured by, the largest first, all of them on request. */

import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { fetchReport } from "../api/client.ts";
import type { Driver, UsageRow, UsageRows } from "../api/questions.ts";
import { instantText } from "../format/dates.ts";
import { counted, quantityText } from "../format/decimal.ts";

const PREFIX = "/api/v1";

export function UsageRowsOf({ driver }: { driver: Driver }) {
  const [all, setAll] = useState(false);
  const { usage } = driver;
  const query = useInfiniteQuery({
    queryKey: ["usage", usage],
    queryFn: ({ pageParam, signal }) => fetchReport<UsageRows>(`${(usage ?? "").replace(PREFIX, "")}${pageParam ? `&cursor=${encodeURIComponent(pageParam)}` : ""}`, {}, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    enabled: all && usage !== null,
  });
  const rows = all && query.data ? query.data.pages.flatMap((page) => page.rows) : driver.usage_rows;
  const more = driver.usage_rows_count - rows.length;
  const next = () => { if (all) void query.fetchNextPage(); else setAll(true); };
  return (
    <details>
      <summary>{counted(driver.usage_rows_count, "usage row")}</summary>
      <table className="table parts usage-rows">
        <thead><tr><th scope="col">Time</th><th scope="col" className="right">{driver.measure || "quantity"}</th></tr></thead>
        <tbody>{rows.map((row, index) => <Line key={index} row={row} />)}</tbody>
      </table>
      {query.isError ? <p className="loss">{query.error.message}</p> : null}
      {more > 0 && usage ? <button type="button" className="text-button bordered" disabled={query.isFetching} onClick={next}>Show more of {counted(driver.usage_rows_count, "row")}</button> : null}
    </details>
  );
}

function Line({ row }: { row: UsageRow }) {
  return (
    <tr>
      <th scope="row">{instantText(row.time)}{row.x_SourceFile ? <span className="sub mono breaks">{row.x_SourceFile}:{row.x_SourceLine}</span> : null}</th>
      <td className="right num">{quantityText(row.quantity)}</td>
    </tr>
  );
}
