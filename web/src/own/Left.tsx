/** Where the credits that are left come from, in the order in which they are used up. */

import type { GrantLeft } from "../api/own.ts";
import { creditText } from "../format/credits.ts";
import { instantText } from "../format/dates.ts";
import { DataTable } from "../table/DataTable.tsx";

export function Left({ rows }: { rows: GrantLeft[] }) {
  return (
    <DataTable<GrantLeft>
      name="left" title="Credits left" note="used in this order" rows={rows} rowKey={(row) => `${row.label} ${row.expires ?? ""} ${row.granted} ${row.left}`}
      columns={[
        { key: "label", label: "From", heads: true, value: (row) => row.label },
        { key: "left", label: "Left", numeric: true, value: (row) => row.left, render: (row) => <span className="num" title={row.left}>{creditText(row.left)}</span> },
        { key: "expires", label: "Until", value: (row) => row.expires, render: (row) => (row.expires ? <span className="nowrap">{instantText(row.expires)}</span> : <span className="quieter">until used up</span>) },
      ]}
    />
  );
}
