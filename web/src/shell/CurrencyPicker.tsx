/** Which currency, where the data has several: money of different currencies is never added. */

import { SegmentedControl } from "@mantine/core";
import { useDimensions } from "../api/queries.ts";
import { useView } from "../state/view.ts";

export function CurrencyPicker() {
  const { state, set } = useView();
  const currencies = useDimensions().data?.currencies ?? [];
  const [first] = currencies;
  if (currencies.length < 2 || !first) return null;
  return <SegmentedControl className="metric" size="xs" data={currencies} aria-label="Currency" value={state["currency"] ?? first} onChange={(value) => set({ currency: value === first ? undefined : value })} />;
}
