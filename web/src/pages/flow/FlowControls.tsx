/** Whose perspective, and how many names a column shows. */

import { Select } from "@mantine/core";
import type { FlowReport } from "../../api/flow.ts";
import { useDimensions } from "../../api/queries.ts";
import { useView } from "../../state/view.ts";
import "../explorer/explorer.css";

const LIMITS = ["4", "8", "15", "30"];
const LIMIT = "8";

export function FlowControls({ report }: { report: FlowReport }) {
  const { state, set } = useView();
  const known = useDimensions().data?.perspectives ?? [];
  const inputs = { size: "xs", comboboxProps: { transitionProps: { duration: 0 } }, checkIconPosition: "right", allowDeselect: false } as const;
  const limit = state["limit"] ?? LIMIT;
  return (
    <div className="controls" role="group" aria-label="What flows">
      <Select
        {...inputs} label="Ends at each" value={report.meta.perspective} onChange={(value) => set({ perspective: value ?? undefined })}
        data={known.map((one) => ({ value: one.name, label: one.name === one.to ? one.to.replaceAll("_", " ") : `${one.to.replaceAll("_", " ")} (${one.name})` }))}
      />
      <Select
        {...inputs} className="control-narrow" label="Largest" value={limit} data={LIMITS.includes(limit) ? LIMITS : [...LIMITS, limit]}
        onChange={(value) => set({ limit: value === LIMIT ? undefined : (value ?? undefined) })}
      />
    </div>
  );
}
