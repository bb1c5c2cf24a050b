/** Which team or customer somebody belongs to; the names that are known are offered. */

import { useId } from "react";
import { useDimensions } from "../../api/queries.ts";

export function isTenant(role: string): role is "team" | "customer" {
  return role === "team" || role === "customer";
}

/** What is said of a name that was taken, although nothing else has it. */
export function UnknownTenant({ kind, name }: { kind: string; name: string }) {
  return <p className="loss" role="status">No list, setting, run or operation names a {kind} <b>{name}</b> yet, so there is nothing to see. If it is a slip, undo it.</p>;
}

export function TenantField({ kind, value, onChange }: { kind: "team" | "customer"; value: string; onChange: (value: string) => void }) {
  const id = useId();
  const known = useDimensions().data?.dimensions.find((one) => one.name === kind)?.values ?? [];
  return (
    <div>
      <label htmlFor={id}>{kind === "team" ? "Team" : "Customer"}
        <input id={id} required list={`${id}-known`} maxLength={200} autoComplete="off" value={value} onChange={(event) => onChange(event.target.value.trim())} aria-describedby={`${id}-note`} />
      </label>
      <datalist id={`${id}-known`}>{known.map((one) => <option key={one.value} value={one.value} />)}</datalist>
      <span className="field-note" id={`${id}-note`}>{kind === "team" ? "As the dimension team names it." : "The id, as the list of customers has it."}</span>
    </div>
  );
}
