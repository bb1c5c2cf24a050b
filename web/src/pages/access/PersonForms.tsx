/** What is asked before an account is made or changed. */

import { useState } from "react";
import { LEAST } from "../../access/PasswordDialog.tsx";
import { ROLE_WORDS, ROLES } from "../../access/words.ts";
import { ACCESS, type AddedPerson, PEOPLE, type Person, type Role } from "../../api/access.ts";
import { ChoiceField, TextField } from "../../act/fields.tsx";
import { FormDialog } from "../../act/FormDialog.tsx";
import { isTenant, TenantField, UnknownTenant } from "./TenantField.tsx";

const CHOICES = ROLES.map((role) => ({ value: role, label: ROLE_WORDS[role].name }));

function personPath(person: Person): string {
  return `${PEOPLE}/${encodeURIComponent(person.login)}`;
}

function RoleFields({ role, tenant, onRole, onTenant }: { role: Role; tenant: string; onRole: (role: Role) => void; onTenant: (tenant: string) => void }) {
  return (
    <>
      <ChoiceField label="Role" options={CHOICES} value={role} onChange={(value) => onRole(value as Role)} note={ROLE_WORDS[role].words} />
      {isTenant(role) ? <TenantField kind={role} value={tenant} onChange={onTenant} /> : null}
    </>
  );
}

/** The first of all is an owner: from then on everybody logs in. */
export function AddPerson({ first = false, onClose }: { first?: boolean; onClose: () => void }) {
  const [login, setLogin] = useState("");
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>(first ? "owner" : "viewer");
  const [tenant, setTenant] = useState("");
  const [password, setPassword] = useState("");
  const [unknown, setUnknown] = useState<AddedPerson | null>(null);
  const done = (made: AddedPerson) => (made.known ? onClose() : setUnknown(made));
  return (
    <FormDialog<AddedPerson>
      title={first ? "The first account" : "Add a person"} words={first ? "An owner, who lets others in. From then on everybody logs in, also here." : "They log in with this name and password, and can change the password themselves."} verb="Add" about={ACCESS} onClose={onClose}
      sent={() => ({ path: PEOPLE, body: { login: login.trim(), name: name.trim(), role, password, ...(isTenant(role) ? { tenant } : {}) } })}
      onDone={done} after={unknown ? <><p>{unknown.name} can log in.</p><UnknownTenant kind={unknown.role} name={unknown.tenant} /></> : null}
    >
      <TextField label="Login" first most={200} placeholder="ana@fernway.example" value={login} onChange={setLogin} />
      <TextField label="Name" most={200} optional value={name} onChange={setName} />
      {first ? null : <RoleFields role={role} tenant={tenant} onRole={setRole} onTenant={setTenant} />}
      <TextField label={first ? "Password" : "First password"} type="password" complete="new-password" least={LEAST} note={first ? `At least ${LEAST} characters.` : `At least ${LEAST} characters. Tell it to them by another way than e-mail.`} value={password} onChange={setPassword} />
    </FormDialog>
  );
}

export function ChangePerson({ person, onClose }: { person: Person; onClose: () => void }) {
  const [role, setRole] = useState(person.role);
  const [tenant, setTenant] = useState(person.tenant);
  return (
    <FormDialog
      title={`The role of ${person.name || person.login}`} words="They are logged out everywhere, and log in anew as what they are then." verb="Change it" about={ACCESS} onClose={onClose}
      sent={() => ({ path: personPath(person), body: { role, tenant: isTenant(role) ? tenant : "" } })}
    >
      <RoleFields role={role} tenant={tenant} onRole={setRole} onTenant={setTenant} />
    </FormDialog>
  );
}

export function NewPassword({ person, onClose }: { person: Person; onClose: () => void }) {
  const [password, setPassword] = useState("");
  return (
    <FormDialog
      title={`A new password for ${person.name || person.login}`} words="The old one ends now, and they are logged out everywhere." verb="Set it" about={ACCESS} onClose={onClose}
      sent={() => ({ path: personPath(person), body: { password } })}
    >
      <TextField label="New password" type="password" first complete="new-password" least={LEAST} note={`At least ${LEAST} characters.`} value={password} onChange={setPassword} />
    </FormDialog>
  );
}

export function DisablePerson({ person, onClose }: { person: Person; onClose: () => void }) {
  const name = person.name || person.login;
  const out = person.state === "active";
  return (
    <FormDialog
      title={out ? `${name} can no longer come in` : `${name} can come in again`} verb={out ? "Disable" : "Let in again"} grave={out} about={ACCESS} onClose={onClose}
      words={out ? "They are logged out at once. Keys that they made still hold; what they did stays in the audit log. It can be taken back." : "With the password and the role they had."}
      sent={() => ({ path: personPath(person), body: { state: out ? "disabled" : "active" } })}
    />
  );
}
