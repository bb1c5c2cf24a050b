/** How an operation was priced, in words. */

import type { PriceState } from "../api/operations.ts";

interface StateWords {
  /** On a tag or a button. */
  short: string;
  /** As a sentence. */
  words: string;
}

export const PRICE_STATES: Record<PriceState, StateWords> = {
  priced: { short: "priced", words: "A rate was found, and the counts are there." },
  estimated: { short: "at most", words: "Priced at the most that it can have cost: nobody told how much of the input came from a cache." },
  unpriced: { short: "no rate", words: "No rate is known for the model, so it is in no cost." },
  unknown: { short: "counts missing", words: "The counts that a price needs are missing, so it is in no cost." },
};

export function stateWords(state: string): StateWords {
  return state in PRICE_STATES ? PRICE_STATES[state as PriceState] : { short: state, words: state };
}

/** The model as its rate is looked up: "vllm/notes-8b"; a model that nobody named is said to be that. */
export function modelText(row: { provider: string | null; model: string | null; requested_model?: string | null }): string {
  const model = row.model ?? row.requested_model ?? null;
  return model === null ? "no model named" : [row.provider, model].filter(Boolean).join("/");
}
