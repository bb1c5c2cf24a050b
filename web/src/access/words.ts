/** Roles and scopes in words. */

import type { Role, Scope } from "../api/access.ts";

export const ROLE_WORDS: Record<Role, { name: string; words: string }> = {
  owner: { name: "Owner", words: "Everything, also keys and people" },
  finance: { name: "Finance", words: "Every report; budgets, credits, alerts; reads the audit log" },
  engineer: { name: "Engineer", words: "Every report; alerts; sends operations and spends budgets" },
  viewer: { name: "Viewer", words: "Every report, and changes nothing" },
  team: { name: "Team", words: "What belongs to one team, and nothing else" },
  customer: { name: "Customer", words: "Their own page, and nothing else" },
};

export const ROLES = Object.keys(ROLE_WORDS) as Role[];

export const SCOPE_WORDS: Record<Scope, string> = {
  read: "Every report; of one team or customer, what is theirs",
  ingest: "Send operations, traces, outcomes and usage",
  spend: "Check, reserve and settle budgets; ask for entitlements",
  watch: "Acknowledge, mute and judge alerts and anomalies",
  budgets: "Adjust limits of budgets",
  credits: "Change plans, grant and pay back credits",
  embed: "Make tokens that show one customer's own page",
  people: "Keys and accounts",
  audit: "Read the audit log",
};

export const SCOPES = Object.keys(SCOPE_WORDS) as Scope[];
