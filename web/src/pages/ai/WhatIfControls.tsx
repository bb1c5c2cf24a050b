/** Which models to compare with, offered from those in use and from the rates; and by what. */

import { MultiSelect, Select } from "@mantine/core";
import { useDeferredValue, useState } from "react";
import type { RateList } from "../../api/operation.ts";
import { useReport } from "../../api/queries.ts";
import { useView } from "../../state/view.ts";
import { useAsked } from "./asked.ts";
import { groupings, modelsText } from "./otherModels.ts";
import "../explorer/explorer.css";

const INPUT = { size: "xs", comboboxProps: { transitionProps: { duration: 0 } }, checkIconPosition: "right" } as const;
const MOST = 5;
const SHORTEST = 2;

/** Models that have a rate and whose name has these words. */
function useRated(words: string): string[] {
  const asked = useDeferredValue(words.trim());
  const model = asked.split("/").at(-1) ?? "";
  const query = useReport<RateList>("/rates", { model: `*${model}*`, limit: "1000" }, { enabled: model.length >= SHORTEST });
  const rows = query.data?.rates.filter((row) => row.counted && !row.model.includes("*")) ?? [];
  return model.length >= SHORTEST ? [...new Set(rows.map((row) => `${row.provider}/${row.model}`))].sort() : [];
}

export function WhatIfControls({ models, used, by }: { models: string[]; used: string[]; by: string }) {
  const { pins } = useAsked();
  const { set } = useView();
  const [words, setWords] = useState("");
  const rated = useRated(words).filter((name) => !used.includes(name));
  const known = new Set([...used, ...rated]);
  const given = models.filter((name) => !known.has(name));
  return (
    <div className="controls" role="group" aria-label="What is compared">
      <MultiSelect
        {...INPUT} className="control-wide" label="At the prices of" placeholder={models.length < MOST ? "Type a model's name" : ""} searchable maxValues={MOST} limit={60} nothingFoundMessage="No rate has this name"
        searchValue={words} onSearchChange={setWords} value={models} onChange={(values) => set({ at: modelsText(values) })}
        data={[...(given.length ? [{ group: "Chosen", items: given }] : []), { group: "In use", items: used }, ...(rated.length ? [{ group: "With a rate", items: rated }] : [])]}
      />
      <Select {...INPUT} label="Told apart by" data={groupings(pins)} value={by} allowDeselect={false} onChange={(value) => set({ by: value ?? undefined })} />
    </div>
  );
}
