/** Messages one by one, and sending once more what did not arrive. */

import { Link } from "wouter";
import { Only } from "../../access/Only.tsx";
import { ALERTS, type Message, type OneMessage } from "../../api/alerts.ts";
import { useSend } from "../../api/queries.ts";
import { instantText } from "../../format/dates.ts";
import { counted } from "../../format/decimal.ts";
import { useView } from "../../state/view.ts";
import { patchState } from "../../state/url.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { countColumn } from "../../table/money.tsx";
import { eventText, isOver, MessageStateTag, Severe } from "./words.tsx";

export function Retry({ message }: { message: Message }) {
  const sending = useSend<OneMessage>(ALERTS);
  if (!isOver(message.state)) return null;
  return (
    <span className="acts">
      <button type="button" className="text-button bordered" disabled={sending.isPending} onClick={() => sending.mutate({ path: `${ALERTS}/messages/${encodeURIComponent(message.message_id)}/retry` })} aria-label={`Send again: ${message.title}`}>{sending.isPending ? "Sending" : "Send again"}</button>
      {sending.isError ? <span className="loss" role="alert">{sending.error.message}</span> : null}
    </span>
  );
}

export function MessageTable({ rows, csv, more }: { rows: Message[]; csv: string; more: boolean }) {
  const { search } = useView();
  return (
    <DataTable<Message>
      paged name="messages" title="Messages" note={more ? `the newest ${rows.length}` : "newest first"} rows={rows} rowKey={(row) => row.message_id} csv={csv}
      empty={<p className="quiet">No message is like this. What rules find is sent to the channels of apportion.yaml, and to the log where there is none.</p>}
      columns={[
        { key: "title", label: "Message", heads: true, value: (row) => row.title, render: (row) => <><Link className="link" href={`/alerts/messages${patchState(search, { message: row.message_id })}`}>{row.title}</Link><span className="sub">{eventText(row.event)}{row.alerts.length > 1 ? `, of ${counted(row.alerts.length, "alert")}` : ""}</span></> },
        { key: "channel", label: "Channel", value: (row) => row.channel },
        { key: "state", label: "State", value: (row) => row.state, render: (row) => <><MessageStateTag state={row.state} />{row.last_error && row.state !== "sent" ? <span className="sub wrap">{row.last_error}</span> : null}</> },
        { key: "created", label: "Put in line", value: (row) => row.created, render: (row) => <span className="nowrap">{instantText(row.created)}{row.next_attempt ? <span className="sub">next try {instantText(row.next_attempt)}</span> : null}</span> },
        { key: "severity", label: "Severity", spare: 1, value: (row) => row.severity, render: (row) => <Severe severity={row.severity} /> },
        countColumn<Message>("attempts", "Attempts", (row) => row.attempts),
        { key: "acts", label: "", drawing: true, value: () => null, render: (row) => <Only scope="watch"><Retry message={row} /></Only> },
      ]}
    />
  );
}
