/** Which anomalies: their state, severity, kind and grain, and what they are about. */

import { Select, TextInput } from "@mantine/core";
import { type KeyboardEvent, useState } from "react";
import { useDimensions } from "../../api/queries.ts";
import { useView } from "../../state/view.ts";
import { Choices } from "../ai/Choices.tsx";
import { choicesOf, useAskedAnomalies } from "./asked.ts";
import { ofPins } from "./places.ts";
import { fieldText } from "./words.ts";
import "../ai/ai.css";
import "../explorer/explorer.css";

const INPUT = { size: "xs" } as const;

export function AnomalyFilters() {
  return (
    <div className="narrowing">
      <Choices label="State" name="state" choices={choicesOf("state")} />
      <Choices label="Severity" name="severity" choices={choicesOf("severity")} />
      <Choices label="Kind" name="kind" choices={choicesOf("kind")} />
      <Choices label="Grain" name="grain" choices={choicesOf("grain")} />
      <About />
    </div>
  );
}

function About() {
  const { set } = useView();
  const { pins } = useAskedAnomalies();
  const dimensions = useDimensions().data;
  const [field, setField] = useState<string | null>(null);
  const names = [...(dimensions?.dimensions.map((one) => one.name) ?? []), "ServiceName", "SubAccountId", "SkuId", "ResourceName"].filter((name) => !(name in pins));
  const known = dimensions?.dimensions.find((one) => one.name === field)?.values.map((one) => one.value);
  const choose = (value: string) => {
    if (field && value.trim()) set({ of: ofPins({ ...pins, [field]: value.trim() }) });
    setField(null);
  };
  const without = (name: string) => Object.fromEntries(Object.entries(pins).filter(([other]) => other !== name));
  return (
    <div className="about" role="group" aria-label="What they are about">
      {Object.entries(pins).map(([name, value]) => (
        <span key={name} className="pin">
          <span className="quiet">{fieldText(name)}</span> {value}
          <button type="button" className="pinned-off" onClick={() => set({ of: ofPins(without(name)) })} aria-label={`Any ${fieldText(name)}`}>×</button>
        </span>
      ))}
      <Select {...INPUT} className="about-field" aria-label="Only about" placeholder="+ Only about" searchable value={field} data={names} onChange={setField} comboboxProps={{ transitionProps: { duration: 0 } }} />
      {field === null ? null : known ? (
        <Select {...INPUT} key={field} className="about-value" aria-label={`Which ${fieldText(field)}`} placeholder={`which ${fieldText(field)}`} searchable autoFocus data={known} limit={200} onChange={(value) => choose(value ?? "")} comboboxProps={{ transitionProps: { duration: 0 } }} />
      ) : (
        <TextInput {...INPUT} key={field} className="about-value" aria-label={`Which ${fieldText(field)}`} placeholder={`which ${field}, then Enter`} autoFocus onKeyDown={(event: KeyboardEvent<HTMLInputElement>) => { if (event.key === "Enter") choose(event.currentTarget.value); }} />
      )}
    </div>
  );
}
