/** How the Explorer's cost is grouped, over which time, in which perspective, compared with what. */

import { MultiSelect, Select } from "@mantine/core";
import type { Dimensions } from "../../api/questions.ts";
import { useView } from "../../state/view.ts";
import { COMPARES, GRAINS, LIMITS, type Question } from "./question.ts";

const COMPARE_NAMES: Record<string, string> = { none: "Nothing", previous_period: "Period before", previous_year: "Year before" };

function groupsOf(dimensions: Dimensions | undefined, perspective: string): { group: string; items: string[] }[] {
  if (!dimensions) return [];
  return [
    { group: "Dimensions", items: [...(perspective ? ["target"] : []), ...dimensions.dimensions.map((one) => one.name)] },
    { group: "Columns", items: dimensions.columns },
  ];
}

export function Controls({ question, dimensions }: { question: Question; dimensions: Dimensions | undefined }) {
  const { set } = useView();
  const inputs = { size: "xs", comboboxProps: { transitionProps: { duration: 0 } }, checkIconPosition: "right" } as const;
  const offered = groupsOf(dimensions, question.perspective);
  const known = new Set(offered.flatMap((group) => group.items));
  const missing = question.groups.filter((name) => !known.has(name));
  return (
    <div className="controls" role="group" aria-label="Question">
      <MultiSelect
        {...inputs} className="control-wide" label="Group by" placeholder={question.groups.length ? "" : "One total"} maxValues={3} clearable searchable
        data={missing.length ? [...offered, { group: "Given", items: missing }] : offered} value={question.groups}
        onChange={(values) => set({ group: values.join(",") || "-", group_by: undefined })}
      />
      <Select {...inputs} label="Over time" data={GRAINS.map((value) => ({ value, label: value === "total" ? "One total" : `By ${value}` }))} value={question.grain} allowDeselect={false} onChange={(value) => set({ grain: value === "total" ? undefined : (value ?? undefined), limit: undefined })} />
      <Select {...inputs} label="Perspective" data={[{ value: "", label: "As billed" }, ...(dimensions?.perspectives ?? []).map((one) => ({ value: one.name, label: `Shared: ${one.name}` }))]} value={question.perspective} allowDeselect={false} onChange={(value) => set({ perspective: value ?? undefined, group: value ? "target" : undefined })} />
      <Select {...inputs} label="Compare with" data={COMPARES.map((value) => ({ value, label: COMPARE_NAMES[value] ?? value }))} value={question.compare} allowDeselect={false} onChange={(value) => set({ compare: value === "none" ? undefined : (value ?? undefined) })} />
      <Select {...inputs} className="control-narrow" label="Largest" data={[...LIMITS]} value={question.limit} allowDeselect={false} onChange={(value) => set({ limit: value ?? undefined })} />
    </div>
  );
}
