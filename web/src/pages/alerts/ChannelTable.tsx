/** How channels do, and a message that says it is a test. */

import { Only } from "../../access/Only.tsx";
import { ALERTS, type Channel, type OneMessage } from "../../api/alerts.ts";
import { useSend } from "../../api/queries.ts";
import { instantText } from "../../format/dates.ts";
import type { Column } from "../../table/columns.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { countColumn } from "../../table/money.tsx";
import { MessageStateTag } from "./words.tsx";

function Test({ name }: { name: string }) {
  const sending = useSend<OneMessage>(ALERTS);
  const done = sending.data;
  return (
    <span className="acts test">
      <span role="status">{sending.isPending ? <span className="quiet">sending</span> : done ? <><MessageStateTag state={done.state} />{done.state === "sent" ? null : <span className="sub wrap">{done.last_error}</span>}</> : null}</span>
      {sending.isError ? <span className="loss" role="alert">{sending.error.message}</span> : null}
      <button type="button" className="text-button bordered" disabled={sending.isPending} onClick={() => sending.mutate({ path: `${ALERTS}/channels/${encodeURIComponent(name)}/test` })} aria-label={`Test ${name}`}>Test</button>
    </span>
  );
}

function Does({ channel }: { channel: Channel }) {
  if (channel.failing_since) return <><span className="tag bad">fails</span><span className="sub wrap">since {instantText(channel.failing_since)}: {channel.last_error}{channel.rests_until ? `; nothing is tried until ${instantText(channel.rests_until)}` : ""}</span></>;
  return channel.last_sent ? <span className="tag good">works</span> : <span className="quieter">not used yet</span>;
}

export function ChannelTable({ channels, csv }: { channels: Channel[]; csv: string }) {
  const columns: Column<Channel>[] = [
    { key: "name", label: "Channel", heads: true, value: (row) => row.name, render: (row) => <>{row.name} {row.page ? <span className="tag" title="Everything critical goes there, too">pages</span> : null}<span className="sub">{row.type}</span></> },
    { key: "does", label: "Does", value: (row) => (row.failing_since ? "fails" : row.last_sent ? "works" : ""), render: (row) => <Does channel={row} /> },
    { key: "last_sent", label: "Last sent", value: (row) => row.last_sent, render: (row) => (row.last_sent ? <span className="nowrap">{instantText(row.last_sent)}</span> : <span className="quieter">never</span>) },
    countColumn<Channel>("sent", "Sent", (row) => row.sent),
    countColumn<Channel>("waiting", "Waiting", (row) => row.waiting, { spare: 2 }),
    countColumn<Channel>("failed", "Failed", (row) => row.failed, { spare: 2 }),
    countColumn<Channel>("uncertain", "Uncertain", (row) => row.uncertain, { spare: 2, title: "They may have arrived: the receiver never said so" }),
    { key: "test", label: "", drawing: true, value: () => null, render: (row) => <Only scope="watch"><Test name={row.name} /></Only> },
  ];
  return <DataTable<Channel> name="channels" title="Channels" rows={channels} rowKey={(row) => row.name} csv={csv} columns={columns} />;
}
