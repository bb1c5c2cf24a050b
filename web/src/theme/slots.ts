/** The colours of a dimension's values, the same on every page. */

import { useMemo } from "react";
import { useDimensions } from "../api/queries.ts";
import { slotsOf } from "./palette.ts";

export function useSlots(dimension: string, keys: string[]): Map<string, number> {
  const { data } = useDimensions();
  const known = useMemo(() => data?.dimensions.find((one) => one.name === dimension)?.values.map((value) => value.value) ?? [], [data, dimension]);
  const joined = keys.join("\n");
  return useMemo(() => slotsOf(joined.split("\n"), known), [joined, known]);
}
