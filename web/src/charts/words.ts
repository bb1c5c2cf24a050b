/** A series in one sentence, for those who do not see its chart. */

import { withCurrency } from "../format/currency.ts";
import { dayText } from "../format/dates.ts";
import { amountDigits, compareDecimals } from "../format/decimal.ts";

interface Point {
  day: string;
  cost: string;
}

export function seriesWords(name: string, points: Point[], currency: string | null): string {
  const [first] = points;
  if (!first) return `${name}: no days in this window.`;
  let [least, most] = [first, first];
  for (const point of points) {
    if (compareDecimals(point.cost, least.cost) < 0) least = point;
    if (compareDecimals(point.cost, most.cost) > 0) most = point;
  }
  const say = (point: Point) => `${withCurrency(amountDigits(point.cost), currency)} on ${dayText(point.day)}`;
  return `${name} over ${points.length} days: least ${say(least)}, most ${say(most)}. The same as a table: press Table.`;
}
