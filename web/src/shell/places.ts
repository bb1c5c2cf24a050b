/** The pages of the dashboard, in the order people ask. */

import { mayDo } from "../access/me.ts";
import type { Me, Scope } from "../api/access.ts";

export interface Place {
  path: string;
  name: string;
  words: string;
  /** Answers for whole bills or runs, whatever the window is. */
  allDays?: boolean;
  /** Its cost has one metric, so none is chosen. */
  rated?: boolean;
  /** Addresses elsewhere that belong to it. */
  also?: string;
  /** Any of these scopes opens it; without them, reading does. */
  scopes?: Scope[];
  /** It is also for people who see one team alone. */
  team?: boolean;
}

export const PLACES: Place[] = [
  { path: "/", name: "Overview", words: "Do we make money on what we serve?" },
  { path: "/customers", name: "Customers", words: "Which customers cost more than they pay?", also: "/explain/customer" },
  { path: "/services", name: "Services", words: "What does each service cost?" },
  { path: "/teams", name: "Teams", words: "Which team spends what?" },
  { path: "/anomalies", name: "Anomalies", words: "What costs more or less than usual?", allDays: true, rated: true },
  { path: "/alerts", name: "Alerts", words: "What is wrong, and who knows?", allDays: true, rated: true },
  { path: "/budgets", name: "Budgets", words: "Who is near a limit, and will it hold?", allDays: true, rated: true, team: true },
  { path: "/credits", name: "Credits", words: "Which customers have used up their plan?", allDays: true, rated: true },
  { path: "/explorer", name: "Explorer", words: "Group, filter and compare any cost", team: true },
  { path: "/flow", name: "Flow", words: "Where does cost come from, and where does it go?" },
  { path: "/ai", name: "AI", words: "What does AI cost, and what does it yield?", rated: true, team: true },
  { path: "/bridge", name: "Bridge", words: "Why is this not the number in the provider's console?", allDays: true },
  { path: "/reconciliation", name: "Reconciliation", words: "Is every cent accounted for, at every step?", allDays: true },
  { path: "/runs", name: "Runs", words: "What did each run compute, and what would the next one change?", allDays: true },
  { path: "/data", name: "Data health", words: "Can these figures be trusted?" },
  { path: "/access", name: "Access", words: "Who can come in, and what may each do?", allDays: true, rated: true, scopes: ["people", "audit"] },
];

/** The pages about AI; they go to each other with what is asked of. */
export const AI_PLACES: Place[] = [
  { path: "/ai", name: "At a glance", words: "What does AI cost, and what does it yield?", team: true },
  { path: "/ai/tree", name: "Tree", words: "Where in the company does AI cost arise?", team: true },
  { path: "/ai/operations", name: "Operations", words: "Which calls are behind a number?", team: true },
  { path: "/ai/variants", name: "Variants", words: "Is the dearer prompt worth it?", team: true },
  { path: "/ai/what-if", name: "What if", words: "What would it have cost with another model?" },
  { path: "/ai/margin", name: "Margin", words: "Do we earn on AI: cost, revenue and margin by customer and feature" },
  { path: "/ai/true-up", name: "True-up", words: "Do our own numbers agree with the provider's invoice?" },
  { path: "/ai/rates", name: "Rates", words: "What does a token cost, since when, and who says so?", allDays: true },
];

/** The pages about alerts. */
export const ALERT_PLACES: Place[] = [
  { path: "/alerts", name: "Alerts", words: "What is wrong, and who knows?" },
  { path: "/alerts/rules", name: "Rules", words: "What is watched, and from which limit on?" },
  { path: "/alerts/messages", name: "Messages", words: "What was sent to whom, and did it arrive? Channels and their test" },
];

/** The pages about who may come in. */
export const ACCESS_PLACES: Place[] = [
  { path: "/access", name: "Keys and people", words: "Who can come in, and what may each do?", scopes: ["people"] },
  { path: "/access/audit", name: "Audit log", words: "Who changed what, and who was turned away?", scopes: ["audit"] },
];

/** Whether a page is offered; the server decides again at whatever it asks for. */
export function allowed(place: Place, me: Me | undefined): boolean {
  if (me?.tenant && !place.team) return false;
  return (place.scopes ?? ["read"]).some((scope) => mayDo(me, scope));
}

/** Where somebody lands: the overview, which is of the whole company, else what their own costs. */
export function homeOf(me: Me | undefined): string {
  return me?.tenant ? "/explorer" : "/";
}

export function isWithin(path: string, place: Place): boolean {
  const within = (start: string) => path === start || path.startsWith(`${start}/`);
  return place.path === "/" ? path === "/" : within(place.path) || (place.also !== undefined && within(place.also));
}
