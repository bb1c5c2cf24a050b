/** A new key, which is seen once, and the end of one. */

import { useState } from "react";
import { SCOPE_WORDS, SCOPES } from "../../access/words.ts";
import { ACCESS, type Key, KEYS, type MadeKey, type Scope } from "../../api/access.ts";
import { ChecksField, ChoiceField, TextField } from "../../act/fields.tsx";
import { FormDialog } from "../../act/FormDialog.tsx";
import { copied } from "../../table/clipboard.ts";
import { TenantField, UnknownTenant } from "./TenantField.tsx";

const OF = [{ value: "", label: "Everything" }, { value: "team", label: "One team" }, { value: "customer", label: "One customer" }];
const SPANS = [{ value: "", label: "Until it is revoked" }, { value: "30", label: "30 days" }, { value: "90", label: "90 days" }, { value: "365", label: "A year" }];
const DAY_MS = 86_400_000;

/** What a key of one team or customer may have, in the order of SCOPES; the server refuses the others. */
const OF_TENANT: Record<string, Partial<Record<Scope, string>>> = {
  team: { read: "What is theirs", spend: "Ask whether their budgets have room" },
  customer: { read: "What is theirs", spend: "Ask whether their budgets have room, and for entitlements", embed: "Make tokens that show their own page" },
};

export function CreateKey({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<string[]>(["ingest"]);
  const [kind, setKind] = useState("");
  const [tenant, setTenant] = useState("");
  const [days, setDays] = useState("");
  const [made, setMade] = useState<MadeKey | null>(null);
  const offered: Partial<Record<Scope, string>> = OF_TENANT[kind] ?? SCOPE_WORDS;
  const choose = (next: string) => {
    const left = scopes.filter((scope) => scope in (OF_TENANT[next] ?? SCOPE_WORDS));
    setKind(next);
    setScopes(left.length ? left : ["read"]);
  };
  const body = {
    name: name.trim(), scopes,
    ...(kind ? { tenant: { kind, name: tenant } } : {}),
    ...(days ? { expires: new Date(Date.now() + Number(days) * DAY_MS).toISOString() } : {}),
  };
  return (
    <FormDialog<MadeKey>
      title={made ? `The key ${made.name}` : "Create a key"} words="For a program. It is shown once, and kept here only as a hash." verb="Create" about={ACCESS}
      sent={() => ({ path: KEYS, body })} onDone={setMade} onClose={onClose} after={made ? <Made made={made} /> : null}
    >
      <TextField label="Name" first most={200} placeholder="checkout in production" value={name} onChange={setName} />
      <ChecksField label="What it may do" values={scopes} onChange={setScopes} options={SCOPES.filter((scope) => scope in offered).map((scope) => ({ value: scope, label: scope, words: offered[scope] ?? "" }))} />
      <ChoiceField label="Of what" options={OF} value={kind} onChange={choose} />
      {kind === "team" || kind === "customer" ? <TenantField kind={kind} value={tenant} onChange={setTenant} /> : null}
      <ChoiceField label="Holds" options={SPANS} value={days} onChange={setDays} />
    </FormDialog>
  );
}

function Made({ made }: { made: MadeKey }) {
  const [said, say] = useState("");
  const copy = async () => say((await copied(made.key)) ? "Copied" : "Mark it and copy");
  return (
    <div className="key-made">
      <p>Copy it now, to where the program reads its secrets. <b>It cannot be shown again</b>: a lost key is revoked, and a new one made.</p>
      {made.tenant && !made.known ? <UnknownTenant kind={made.tenant.kind} name={made.tenant.name} /> : null}
      <div className="key-text"><code data-testid="key">{made.key}</code><button type="button" className="text-button" autoFocus onClick={() => void copy()}><span role="status">{said || "Copy"}</span></button></div>
    </div>
  );
}

export function RevokeKey({ row, onClose }: { row: Key; onClose: () => void }) {
  return (
    <FormDialog
      title={`The key ${row.name} ends now`} words={<>Programs that show it are turned away from their next request on. It cannot be taken back.{row.used ? null : " It was never used."}</>} verb="Revoke" grave about={ACCESS} onClose={onClose}
      sent={() => ({ path: `${KEYS}/${encodeURIComponent(row.key_id)}/revoke` })}
    />
  );
}
