/** Credits that a customer got: what each came from, what is left of it, and until when. */

import { useState } from "react";
import { Only } from "../../access/Only.tsx";
import type { Grant } from "../../api/credits.ts";
import { Words } from "../../figures/Words.tsx";
import { isZero } from "../../format/decimal.ts";
import { instantText } from "../../format/dates.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { TakeBackForm } from "./CreditForms.tsx";
import { Credits, grantText } from "./words.tsx";

export function Grants({ customer, rows, csv }: { customer: string; rows: Grant[]; csv: string }) {
  const [taking, take] = useState<Grant | null>(null);
  return (
    <>
    <DataTable<Grant>
      stacks name="grants" title="Grants" note="the newest first" rows={rows} rowKey={(row) => row.grant_id} csv={csv} empty={<p className="quiet">None.</p>}
      columns={[
        { key: "kind", label: "What", heads: true, value: (row) => row.kind, render: (row) => <>{grantText(row.kind)}{row.plan && !row.reason ? <span className="sub">{row.plan}</span> : null}{row.reason ? <span className="sub wrap"><Words text={row.reason} /></span> : null}</> },
        { key: "granted", label: "Credits", numeric: true, value: (row) => row.granted, render: (row) => <Credits value={row.granted} /> },
        { key: "used", label: "Used", numeric: true, spare: 2, value: (row) => row.used, render: (row) => <Credits value={row.used} /> },
        { key: "left", label: "Left", numeric: true, value: (row) => row.left, render: (row) => <><Credits value={row.left} />{row.taken_back === null || isZero(row.taken_back) ? null : <span className="sub"><Credits value={row.taken_back} /> taken back</span>}{row.kind === "included" || isZero(row.left) ? null : <Only scope="credits"><div className="grant-act"><button type="button" className="text-button" onClick={() => take(row)}>Take back …</button></div></Only>}</> },
        { key: "starts", label: "From", spare: 2, value: (row) => row.starts, render: (row) => <span className="nowrap">{instantText(row.starts)}{row.who ? <span className="sub">by {row.who}</span> : null}</span> },
        { key: "expires", label: "Until", value: (row) => row.expires, render: (row) => (row.expires ? <span className="nowrap">{instantText(row.expires)}</span> : <span className="quieter">{isZero(row.left) ? "used up" : "until used up"}</span>) },
        { key: "priority", label: "Priority", numeric: true, spare: 1, title: "Smaller ones are used up first", value: (row) => row.priority, render: (row) => <span className="num">{row.priority}</span> },
      ]}
    />
    {taking ? <TakeBackForm customer={customer} grant={taking} onClose={() => take(null)} /> : null}
    </>
  );
}
