/** Narrows what is asked of: a dimension, then one of the values that operations have there. */

import { Autocomplete, Select } from "@mantine/core";
import { useState } from "react";
import { useLocation } from "wouter";
import type { OperationsBreakdown } from "../../api/operations.ts";
import { useReport } from "../../api/queries.ts";
import { counted } from "../../format/decimal.ts";
import { useAsked } from "./asked.ts";
import { DIMENSIONS } from "./dimensions.ts";
import "../explorer/explorer.css";

const INPUT = { size: "xs", comboboxProps: { transitionProps: { duration: 0 } } } as const;
const SHOWN = 200;

interface FilterByProps {
  path: string;
  /** Dimensions of the operations' own. */
  own?: string[];
  /** What else the address holds. */
  keep?: Record<string, string>;
}

export function FilterBy({ path, own = [], keep }: FilterByProps) {
  const { pins, to } = useAsked();
  const [, navigate] = useLocation();
  const [field, setField] = useState<string | null>(null);
  const free = DIMENSIONS.filter((name) => !(name in pins));
  const owned = own.filter((name) => !(name in pins));
  const choose = (value: string) => {
    if (field && value) navigate(to(path, { ...pins, [field]: value }, keep));
    setField(null);
  };
  return (
    <div className="filters filter-by" role="group" aria-label="Only some operations">
      <div className="filter-row">
        <Select
          {...INPUT} aria-label="Filter by" placeholder="+ Filter by" searchable value={field} checkIconPosition="right"
          data={owned.length ? [{ group: "Dimensions", items: free }, { group: "Of their own", items: owned }] : free}
          onChange={setField}
        />
        {field ? <Values key={field} field={field} onChoose={choose} /> : null}
        {field ? <button type="button" className="text-button" onClick={() => setField(null)}>Leave it</button> : null}
      </div>
    </div>
  );
}

function Values({ field, onChoose }: { field: string; onChoose: (value: string) => void }) {
  const { params } = useAsked();
  const [typed, setTyped] = useState("");
  const query = useReport<OperationsBreakdown>("/operations/breakdown", { ...params, by: field, limit: "1000" }, { keep: false });
  const groups = query.data?.groups ?? [];
  const counts = new Map(groups.map((group) => [group.key[field] ?? "", group.operations]));
  // Enter takes the first that is offered; where none is, what was typed.
  const offered = [...counts.keys()].some((value) => value.toLowerCase().includes(typed.trim().toLowerCase()));
  const words = field.replaceAll("_", " ");
  return (
    <Autocomplete
      {...INPUT} className="filter-values" aria-label={`Which ${words}`} placeholder={query.isPending ? "…" : `which ${words}`} autoFocus data-autofocus
      data={[...counts.keys()]} limit={SHOWN} value={typed} onChange={setTyped} onOptionSubmit={onChoose} openOnFocus selectFirstOptionOnChange maxDropdownHeight={280}
      onKeyDown={(event) => { if (event.key === "Enter" && typed.trim() && !offered) onChoose(typed.trim()); }}
      renderOption={({ option }) => <span className="offered"><span>{option.value}</span><span className="quieter num">{counted(counts.get(option.value) ?? 0, "operation")}</span></span>}
    />
  );
}
