/** Who asks, who may come in, with which keys, and what was done by whom. */

export type Role = "owner" | "finance" | "engineer" | "viewer" | "team" | "customer";
export type Scope = "read" | "ingest" | "spend" | "watch" | "budgets" | "credits" | "embed" | "people" | "audit";

export interface Tenant {
  kind: "team" | "customer";
  name: string;
}

export interface Me {
  name: string;
  kind: "local" | "person" | "key" | "embed";
  role: Role | null;
  scopes: Scope[];
  tenant: Tenant | null;
  /** Somebody has an account, so that everybody needs one. */
  configured: boolean;
}

export interface Person {
  login: string;
  name: string;
  role: Role;
  /** Their one team or customer; empty for those who see everything. */
  tenant: string;
  state: "active" | "disabled";
  created: string;
  /** When they logged in last. */
  seen: string | null;
  /** Too many wrong passwords: until then none is looked at, from anywhere or from where they came. */
  waits_until: string | null;
}

export interface AddedPerson extends Person {
  /** Something names their team or customer; where nothing does, it may be a slip. */
  known: boolean;
}

export interface PeopleList {
  people: Person[];
  next_cursor: string | null;
}

export interface Key {
  key_id: string;
  name: string;
  scopes: Scope[];
  tenant: Tenant | null;
  state: "active" | "expired" | "revoked";
  created: string;
  created_by: string;
  expires: string | null;
  used: string | null;
  revoked: string | null;
  revoked_by: string;
}

export interface KeyList {
  keys: Key[];
  next_cursor: string | null;
}

export interface MadeKey extends Key {
  /** Said once and never again. */
  key: string;
  /** Something names its team or customer; where nothing does, it may be a slip. */
  known: boolean;
}

export interface AuditRow {
  number: number;
  at: string;
  who: string;
  /** What the key is called that did it; empty for others. */
  who_name: string;
  kind: string;
  action: string;
  target: string;
  target_name: string;
  outcome: "done" | "refused" | "failed";
  address: string;
  detail: Record<string, unknown>;
  hash: string;
}

export interface AuditLog {
  /** Number and hash of the newest row. */
  head: string;
  rows: AuditRow[];
  next_cursor: string | null;
}

export const ACCESS = "/access";
export const PEOPLE = "/access/people";
export const KEYS = "/access/keys";
export const AUDIT = "/audit";
