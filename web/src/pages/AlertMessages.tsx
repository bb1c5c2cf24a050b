/** What was sent to whom, and did it arrive? */

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Select } from "@mantine/core";
import { ALERTS, type ChannelList, type MessageList } from "../api/alerts.ts";
import { csvAddress, fetchReport } from "../api/client.ts";
import { useReport } from "../api/queries.ts";
import { PageBody } from "../page/Page.tsx";
import { PageSkeleton, Problem, RowsSkeleton } from "../page/states.tsx";
import { useView } from "../state/view.ts";
import { Choices, useChoice } from "./ai/Choices.tsx";
import { AlertPages } from "./alerts/AlertPages.tsx";
import { ChannelTable } from "./alerts/ChannelTable.tsx";
import { MessageDialog } from "./alerts/MessageDialog.tsx";
import { MessageTable } from "./alerts/MessageTable.tsx";
import "./explorer/explorer.css";

const PATH = `${ALERTS}/messages`;
const STATES = [{ value: "", label: "All" }, { value: "sent", label: "Sent" }, { value: "waiting", label: "Waiting" }, { value: "failed", label: "Failed" }, { value: "uncertain", label: "Uncertain" }];

export default function AlertMessages() {
  const { state, set } = useView();
  const chosen = useChoice("state", STATES.map((one) => one.value));
  const channel = state["channel"];
  const asked = { state: chosen || undefined, channel };
  const channels = useReport<ChannelList>(`${ALERTS}/channels`);
  const query = useInfiniteQuery({
    queryKey: [PATH, "by pages", asked],
    queryFn: ({ pageParam, signal }) => fetchReport<MessageList>(PATH, { ...asked, cursor: pageParam || undefined }, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });
  const pages = query.data?.pages ?? [];
  const rows = pages.flatMap((page) => page.messages);
  const names = channels.data?.channels.map((one) => one.name) ?? [];
  return (
    <PageBody
      title="Messages" question="What was sent to whom, and did it arrive?" above={<AlertPages at={PATH} />} busy={query.isPlaceholderData}
      answer={pages[0] ? `${pages[0].headline} ${channels.data?.headline ?? ""}` : null}
    >
      {query.isError && !pages.length ? <Problem error={query.error} retry={() => void query.refetch()} needsRun={false} /> : pages.length ? (
        <>
          <div className="narrowing">
            <Choices label="State" name="state" choices={STATES} />
            <Select size="xs" className="about-field" aria-label="Channel" placeholder="Any channel" clearable value={channel ?? null} data={channel && !names.includes(channel) ? [...names, channel] : names} onChange={(value) => set({ channel: value ?? undefined })} comboboxProps={{ transitionProps: { duration: 0 } }} />
          </div>
          <MessageTable rows={rows} csv={csvAddress(PATH, { ...asked, limit: "1000" })} more={query.hasNextPage} />
          {query.hasNextPage ? <div className="paging"><button type="button" className="text-button bordered" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>Load more</button></div> : null}
          {channels.isError ? <Problem error={channels.error} needsRun={false} /> : channels.data ? <ChannelTable channels={channels.data.channels} csv={csvAddress(`${ALERTS}/channels`)} /> : <div className="block"><RowsSkeleton rows={3} /></div>}
          {state["message"] ? <MessageDialog key={state["message"]} id={state["message"]} onClose={() => set({ message: undefined })} /> : null}
        </>
      ) : <PageSkeleton bare />}
    </PageBody>
  );
}
