/** One operation, with how its price comes about; and the table of rates. Null is unknown, and never 0. */

import type { CarryingOperation, PriceState } from "./operations.ts";
import type { Decimal } from "./types.ts";

export interface WholeOperation extends CarryingOperation {
  input_audio_tokens: number | null;
  cache_audio_read_tokens: number | null;
  input_image_tokens: number | null;
  output_audio_tokens: number | null;
  output_image_tokens: number | null;
  gpu_seconds: Decimal | null;
  prompt_hash: string | null;
  prefix_hash: string | null;
  span_id: string | null;
  response_id: string | null;
}

export interface PriceLine {
  kind: string;
  quantity: Decimal;
  /** "token", "request" or "hour". */
  unit: string;
  price: Decimal;
  cost: Decimal;
  source: string;
}

export interface PriceExplained {
  state: PriceState;
  sentence: string;
  cost: Decimal | null;
  currency: string | null;
  /** What is missing where it has no price. */
  why: string | null;
  rate: string | null;
  card: string | null;
  lines: PriceLine[];
  /** Another than `card` where that one is not kept. */
  lines_card: string | null;
  lines_cost: Decimal | null;
  exact: boolean;
  note: string | null;
  reported_cost: Decimal | null;
  reported_difference: Decimal | null;
}

export interface SingleOperation {
  headline: string;
  operation: WholeOperation;
  price: PriceExplained;
}

export interface RateRow {
  provider: string;
  model: string;
  /** Which names mean the model. */
  pattern: string;
  kind: string;
  /** For one unit; of a discount, percent. */
  price: Decimal;
  unit: string;
  currency: string | null;
  when: string | null;
  service_tier: string | null;
  region: string | null;
  batch: boolean | null;
  above: number | null;
  from_time: string | null;
  to_time: string | null;
  valid_from: string | null;
  valid_to: string | null;
  source: string;
  version: string;
  /** The number of a rate of one's own; null is the price list. */
  own: number | null;
  /** Whether operations have a count for it. */
  counted: boolean;
}

export interface RateList {
  card: string;
  total: number;
  rates: RateRow[];
  next_cursor: string | null;
}

export interface Unpriced {
  provider: string;
  model: string;
  why: string;
  operations: number;
  input_tokens: number | null;
  output_tokens: number | null;
  first_day: string;
  last_day: string;
}

export interface UnpricedList {
  unpriced: Unpriced[];
}

export interface HoldingRates {
  provider: string;
  model: string;
  day: string;
  conditions: string;
  card: string;
  rates: RateRow[];
}

export interface CardUse {
  version: string;
  /** Whether operations that come in now are priced by it. */
  current: boolean;
  created: string | null;
  operations: number;
  first_day: string | null;
  last_day: string | null;
}

export interface CardList {
  cards: CardUse[];
}
