/** Which run this one is compared with. */

import { Select } from "@mantine/core";
import type { Run } from "../../api/runs.ts";
import { instantText } from "../../format/dates.ts";
import { useView } from "../../state/view.ts";
import "../explorer/explorer.css";

export function Compare({ run, runs, other }: { run: Run; runs: Run[]; other: string | undefined }) {
  const { set } = useView();
  const others = runs.filter((one) => one.run_id !== run.run_id);
  if (others.length === 0) return null;
  return (
    <div className="controls compare" role="group" aria-label="Comparison">
      <Select
        className="control-wide" size="xs" label="Compared with the run of" comboboxProps={{ transitionProps: { duration: 0 } }} checkIconPosition="right" allowDeselect={false}
        data={others.map((one) => ({ value: one.run_id, label: `${instantText(one.finished_at)} · ${one.run_id}` }))} value={other ?? null}
        onChange={(value) => set({ with: value ?? undefined })}
      />
    </div>
  );
}
