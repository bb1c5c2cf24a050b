/** The Explorer's question: from the address, to the API. */

import type { Params } from "../../api/client.ts";
import { filterJson, readFilter } from "../../state/filter.ts";
import type { State } from "../../state/url.ts";

export const GRAINS = ["total", "month", "week", "day", "hour"] as const;
export const COMPARES = ["none", "previous_period", "previous_year"] as const;
export const LIMITS = ["8", "20", "50", "200"] as const;

/** A chart over time has eight colours; a ranking has room for more. */
const TIME_LIMIT = "8";
const RANK_LIMIT = "20";

export interface Question {
  groups: string[];
  grain: string;
  compare: string;
  perspective: string;
  limit: string;
}

export function readQuestion(state: State): Question {
  const grain = state["grain"] ?? "total";
  return {
    groups: (state["group"] ?? state["group_by"] ?? "team").split(",").filter((name) => name && name !== "-").slice(0, 3),
    grain,
    compare: state["compare"] ?? "none",
    perspective: state["perspective"] ?? "",
    limit: state["limit"] ?? (grain === "total" ? RANK_LIMIT : TIME_LIMIT),
  };
}

export function queryParams(question: Question, state: State): Params {
  const asked = filterJson(readFilter(state["filter"]));
  const currency = state["currency"] ? { currency: [state["currency"]] } : undefined;
  const filter = asked && currency ? { and: [asked, currency] } : (asked ?? currency);
  return {
    window: state["window"], metric: state["metric"],
    group_by: question.groups.join(",") || undefined, grain: question.grain, limit: question.limit,
    compare: question.compare, perspective: question.perspective || undefined,
    filter: filter ? JSON.stringify(filter) : undefined,
  };
}
