/** EffectiveCost or BilledCost. */

import { SegmentedControl } from "@mantine/core";
import { useView } from "../state/view.ts";

const METRICS = [
  { value: "EffectiveCost", label: "Effective" },
  { value: "BilledCost", label: "Billed" },
];

export function MetricPicker() {
  const { state, set } = useView();
  return (
    <SegmentedControl
      className="metric" size="xs" data={METRICS} aria-label="Cost metric"
      value={state["metric"] ?? "EffectiveCost"}
      onChange={(value) => set({ metric: value === "EffectiveCost" ? undefined : value })}
    />
  );
}
