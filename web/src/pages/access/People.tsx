/** People with an account: their role, and whether they may still come in. */

import { useState } from "react";
import { ROLE_WORDS } from "../../access/words.ts";
import type { Me, Person } from "../../api/access.ts";
import { instantText } from "../../format/dates.ts";
import type { Column } from "../../table/columns.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { AddPerson, ChangePerson, DisablePerson, NewPassword } from "./PersonForms.tsx";

type Act = "change" | "password" | "disable" | "enable";

function Standing({ row }: { row: Person }) {
  return (
    <span className="tag-row">
      <span className={`tag${row.state === "active" ? " good" : ""}`}>{row.state}</span>
      {row.waits_until !== null ? <span className="tag warn" title="After too many wrong passwords none is looked at, at least from where they came; a new password opens it">locked</span> : null}
      {row.waits_until !== null ? <span className="sub nowrap">until {instantText(row.waits_until)}</span> : null}
    </span>
  );
}

export function People({ rows, csv, me }: { rows: Person[]; csv: string; me: Me | undefined }) {
  const [adding, setAdding] = useState(false);
  const [acting, act] = useState<{ on: string; how: Act } | null>(null);
  const person = acting ? rows.find((row) => row.login === acting.on) : undefined;
  const close = () => act(null);
  const columns: Column<Person>[] = [
    { key: "name", label: "Who", heads: true, value: (row) => row.name || row.login, render: (row) => <>{row.name || row.login}{me?.name === row.login ? <> <span className="tag">you</span></> : null}{row.name === row.login ? null : <span className="sub">{row.login}</span>}</> },
    { key: "role", label: "Role", value: (row) => row.role, render: (row) => <span title={ROLE_WORDS[row.role].words}>{ROLE_WORDS[row.role].name}{row.tenant ? <span className="sub">{row.tenant}</span> : null}</span> },
    { key: "state", label: "State", value: (row) => row.state, render: (row) => <Standing row={row} /> },
    { key: "seen", label: "Last here", value: (row) => row.seen, render: (row) => (row.seen ? <span className="nowrap">{instantText(row.seen)}</span> : <span className="quieter">never</span>) },
    { key: "created", label: "Since", spare: 1, value: (row) => row.created, render: (row) => <span className="nowrap">{instantText(row.created)}</span> },
    { key: "acts", label: "", drawing: true, value: () => null, render: (row) => <Acts row={row} onAct={(how) => act({ on: row.login, how })} /> },
  ];
  return (
    <>
      <DataTable<Person>
        stacks name="people" title="People" rows={rows} rowKey={(row) => row.login} csv={csv} columns={columns} rowClass={(row) => (row.state === "disabled" ? "gone" : undefined)}
        note={<button type="button" className="text-button bordered" onClick={() => setAdding(true)}>Add a person …</button>}
      />
      {adding ? <AddPerson onClose={() => setAdding(false)} /> : null}
      {person && acting?.how === "change" ? <ChangePerson person={person} onClose={close} /> : null}
      {person && acting?.how === "password" ? <NewPassword person={person} onClose={close} /> : null}
      {person && (acting?.how === "disable" || acting?.how === "enable") ? <DisablePerson person={person} onClose={close} /> : null}
    </>
  );
}

function Acts({ row, onAct }: { row: Person; onAct: (how: Act) => void }) {
  const of = `: ${row.name || row.login}`;
  return (
    <div className="acts">
      <button type="button" className="text-button" onClick={() => onAct("change")} aria-label={`Change the role${of}`}>Role …</button>
      <button type="button" className="text-button" onClick={() => onAct("password")} aria-label={`New password${of}`}>Password …</button>
      {row.state === "active"
        ? <button type="button" className="text-button" onClick={() => onAct("disable")} aria-label={`Disable${of}`}>Disable …</button>
        : <button type="button" className="text-button" onClick={() => onAct("enable")} aria-label={`Let in again${of}`}>Let in again …</button>}
    </div>
  );
}
