/** Every rate card that priced something: kept whole, so that each price can be told again. */

import { Link } from "wouter";
import type { CardUse } from "../../api/operation.ts";
import { addDays, instantText, rangeText } from "../../format/dates.ts";
import { useView } from "../../state/view.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { countColumn } from "../../table/money.tsx";

export function RateCards({ rows }: { rows: CardUse[] }) {
  const { href } = useView();
  return (
    <DataTable<CardUse>
      name="cards" title="Rate cards that priced something" note={String(rows.length)} rows={rows} rowKey={(row) => row.version} csv="/api/v1/rates/cards?format=csv"
      columns={[
        { key: "version", label: "Version", heads: true, value: (row) => row.version, render: (row) => <>{row.created || row.current ? <Link className="link mono" href={href("/ai/rates", row.current ? {} : { card: row.version, on: "any" })}>{row.version}</Link> : <span className="mono">{row.version}</span>}{row.current ? <> <span className="tag good">holds now</span></> : null}</> },
        countColumn<CardUse>("operations", "Operations", (row) => row.operations),
        { key: "first_day", label: "Priced those of", value: (row) => row.first_day, render: (row) => (row.first_day && row.last_day ? <span className="nowrap">{rangeText(row.first_day, addDays(row.last_day, 1))}</span> : <span className="quieter">–</span>) },
        { key: "created", label: "Kept since", value: (row) => row.created, render: (row) => (row.created ? <span className="nowrap">{instantText(row.created)}</span> : <span className="quieter">not kept</span>) },
      ]}
    />
  );
}
