/** What is wrong, and who knows? */

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Select } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { ALERTS, type AlertList, type RuleList } from "../api/alerts.ts";
import { csvAddress, fetchReport } from "../api/client.ts";
import { useReport } from "../api/queries.ts";
import { PageBody } from "../page/Page.tsx";
import { Empty, PageSkeleton, Problem } from "../page/states.tsx";
import { useView } from "../state/view.ts";
import { Choices, useChoice } from "./ai/Choices.tsx";
import { AlertPages } from "./alerts/AlertPages.tsx";
import { AlertTable } from "./alerts/AlertTable.tsx";
import "./explorer/explorer.css";

const STATES = [{ value: "unresolved", label: "That hold" }, { value: "open", label: "Not acknowledged" }, { value: "acknowledged", label: "Acknowledged" }, { value: "resolved", label: "Over" }, { value: "all", label: "All" }];
const SEVERITIES = [{ value: "", label: "Any severity" }, { value: "critical", label: "Critical" }, { value: "warning", label: "Warning" }];

export default function Alerts() {
  const { state, set } = useView();
  const holds = useChoice("state", STATES.map((one) => one.value));
  const severity = useChoice("severity", SEVERITIES.map((one) => one.value));
  const rules = useReport<RuleList>(`${ALERTS}/rules`);
  const rule = state["rule"];
  const asked = { state: holds, severity: severity || undefined, rule };
  const query = useInfiniteQuery({
    queryKey: [ALERTS, "by pages", asked],
    queryFn: ({ pageParam, signal }) => fetchReport<AlertList>(ALERTS, { ...asked, cursor: pageParam || undefined }, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });
  const pages = query.data?.pages ?? [];
  const rows = pages.flatMap((page) => page.alerts);
  const names = rules.data?.rules.map((one) => one.name) ?? [];
  return (
    <PageBody title="Alerts" question="What is wrong, and who knows?" answer={pages[0]?.headline ?? null} above={<AlertPages at="/alerts" />} busy={query.isPlaceholderData}>
      {query.isError && !pages.length ? <Problem error={query.error} retry={() => void query.refetch()} needsRun={false} /> : pages.length ? (
        <>
          <div className="narrowing">
            <Choices label="State" name="state" choices={STATES} />
            <Choices label="Severity" name="severity" choices={SEVERITIES} />
            <Select size="xs" className="about-field" aria-label="Rule" placeholder="Any rule" clearable value={rule ?? null} data={rule && !names.includes(rule) ? [...names, rule] : names} onChange={(value) => set({ rule: value ?? undefined })} comboboxProps={{ transitionProps: { duration: 0 } }} />
          </div>
          <AlertTable rows={rows} csv={csvAddress(ALERTS, { ...asked, limit: "1000" })} more={query.hasNextPage} empty={<None whole={holds === "unresolved" && !severity && !rule} rules={rules.data} />} />
          {query.isFetchNextPageError ? <p className="loss" role="alert">{query.error.message}</p> : null}
          {query.hasNextPage ? <div className="paging"><button type="button" className="text-button bordered" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>Load more</button></div> : null}
        </>
      ) : <PageSkeleton bare />}
    </PageBody>
  );
}

/** Nothing wrong is good news only where somebody looked. */
function None({ whole, rules }: { whole: boolean; rules: RuleList | undefined }): ReactNode {
  const { href, set } = useView();
  if (rules?.rules.every((rule) => rule.evaluated === null)) {
    return <Empty title="Nobody has looked yet" command={"apportion jobs run"}>The rules are evaluated every few minutes while <code>apportion serve</code> runs, or by this command.</Empty>;
  }
  if (!whole) return <p className="quiet">No alert is like this. <button type="button" className="text-button bordered" onClick={() => set({ state: "all", severity: undefined, rule: undefined })}>Show all</button></p>;
  return <p className="quiet">No rule finds anything. <Link className="link underlined" href={href("/alerts/rules")}>What is watched</Link></p>;
}
