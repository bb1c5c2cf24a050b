/** Keys of programs: what each may do, and when it was last used. A key itself is seen once. */

import { useState } from "react";
import type { Key } from "../../api/access.ts";
import { instantText } from "../../format/dates.ts";
import type { Column } from "../../table/columns.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { CreateKey, RevokeKey } from "./KeyForms.tsx";

function Standing({ row }: { row: Key }) {
  const words = row.revoked ? `${instantText(row.revoked)}${row.revoked_by ? `, by ${row.revoked_by}` : ""}` : undefined;
  return <span className={`tag${row.state === "active" ? " good" : ""}`} title={words}>{row.state}</span>;
}

export function Keys({ rows, csv }: { rows: Key[]; csv: string }) {
  const [making, setMaking] = useState(false);
  const [revoking, revoke] = useState<Key | null>(null);
  const columns: Column<Key>[] = [
    { key: "name", label: "Key", heads: true, value: (row) => row.name, render: (row) => <>{row.name}<span className="sub mono">{row.key_id}</span></> },
    { key: "scopes", label: "May", value: (row) => row.scopes.join(" "), render: (row) => <span className="scopes">{row.scopes.map((scope) => <span key={scope} className="tag">{scope}</span>)}</span> },
    { key: "tenant", label: "Of", value: (row) => row.tenant?.name ?? null, render: (row) => (row.tenant ? <>{row.tenant.name}<span className="sub">{row.tenant.kind}</span></> : <span className="quieter">all</span>) },
    { key: "state", label: "State", value: (row) => row.state, render: (row) => <Standing row={row} /> },
    { key: "used", label: "Last used", value: (row) => row.used, render: (row) => (row.used ? <span className="nowrap">{instantText(row.used)}</span> : <span className="quieter">never</span>) },
    { key: "expires", label: "Until", spare: 2, value: (row) => row.expires, render: (row) => (row.expires ? <span className="nowrap">{instantText(row.expires)}</span> : <span className="quieter">no end</span>) },
    { key: "created", label: "Made", spare: 1, value: (row) => row.created, render: (row) => <span className="nowrap">{instantText(row.created)}<span className="sub">by {row.created_by}</span></span> },
    { key: "acts", label: "", drawing: true, value: () => null, render: (row) => (row.state === "active" ? <div className="acts"><button type="button" className="text-button" onClick={() => revoke(row)} aria-label={`Revoke: ${row.name}`}>Revoke …</button></div> : null) },
  ];
  return (
    <>
      <DataTable<Key>
        stacks name="keys" title="Keys" rows={rows} rowKey={(row) => row.key_id} csv={csv} columns={columns} rowClass={(row) => (row.state === "active" ? undefined : "gone")}
        note={<button type="button" className="text-button bordered" onClick={() => setMaking(true)}>Create a key …</button>}
        empty={<p className="quiet">No program has a key yet. Exporters and the SDK show theirs as <code>Authorization: Bearer …</code></p>}
      />
      {making ? <CreateKey onClose={() => setMaking(false)} /> : null}
      {revoking ? <RevokeKey row={revoking} onClose={() => revoke(null)} /> : null}
    </>
  );
}
