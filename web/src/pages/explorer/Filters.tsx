/** The Explorer's conditions: a field is, or is not, one of some values; "*" stands for anything. */

import { Select, TagsInput } from "@mantine/core";
import { useState } from "react";
import type { Dimensions } from "../../api/questions.ts";
import { type Condition, type Filter, readFilter, writeFilter } from "../../state/filter.ts";
import { useView } from "../../state/view.ts";

export function Filters({ dimensions }: { dimensions: Dimensions | undefined }) {
  const { state, set } = useView();
  const filter = readFilter(state["filter"]);
  const [draft, setDraft] = useState<Condition | null>(null);
  const save = (next: Filter) => set({ filter: writeFilter(next) });
  const change = (index: number, condition: Condition | null) => {
    save({ ...filter, conditions: filter.conditions.flatMap((one, at) => (at === index ? (condition ? [condition] : []) : [one])) });
  };
  const settle = (condition: Condition | null) => {
    if (condition?.values.length) {
      save({ ...filter, conditions: [...filter.conditions, condition] });
      setDraft(null);
    } else setDraft(condition);
  };
  const fields = [...(dimensions?.dimensions.map((one) => one.name) ?? []), ...(dimensions?.columns ?? [])];
  return (
    <div className="filters" role="group" aria-label="Filters">
      {filter.conditions.map((condition, index) => (
        <Row key={`${index}-${condition.field}`} condition={condition} fields={fields} dimensions={dimensions} onChange={(next) => change(index, next)} />
      ))}
      {draft ? <Row condition={draft} fields={fields} dimensions={dimensions} onChange={settle} /> : null}
      <div className="filter-actions">
        {draft ? null : <button type="button" className="text-button" onClick={() => setDraft({ field: fields[0] ?? "team", values: [], negated: false })}>+ Add a filter</button>}
        {filter.conditions.length > 1 ? (
          <button type="button" className="text-button" onClick={() => save({ ...filter, any: !filter.any })}>
            {filter.any ? "Any of these is enough" : "All of these hold"}
          </button>
        ) : null}
      </div>
    </div>
  );
}

interface RowProps {
  condition: Condition;
  fields: string[];
  dimensions: Dimensions | undefined;
  onChange: (condition: Condition | null) => void;
}

function Row({ condition, fields, dimensions, onChange }: RowProps) {
  const inputs = { size: "xs", comboboxProps: { transitionProps: { duration: 0 } } } as const;
  const values = dimensions?.dimensions.find((one) => one.name === condition.field)?.values.map((one) => one.value) ?? [];
  const offered = fields.includes(condition.field) ? fields : [condition.field, ...fields];
  return (
    <div className="filter-row">
      <Select {...inputs} aria-label="Filter field" data={offered} value={condition.field} searchable allowDeselect={false} onChange={(field) => onChange({ ...condition, field: field ?? condition.field, values: [] })} />
      <button type="button" className="text-button bordered" onClick={() => onChange({ ...condition, negated: !condition.negated })} aria-label={condition.negated ? "is not; change to is" : "is; change to is not"}>{condition.negated ? "is not" : "is"}</button>
      <TagsInput {...inputs} className="filter-values" aria-label={`Values of ${condition.field}`} placeholder={condition.values.length ? "" : "value, or pay*"} data={values} value={condition.values} onChange={(next) => onChange({ ...condition, values: next })} acceptValueOnBlur />
      <button type="button" className="text-button" onClick={() => onChange(null)} aria-label={`Remove the filter on ${condition.field}`}>Remove</button>
    </div>
  );
}
