/** Which anomalies are asked for, written in the address; "of" holds what they are about, as on the AI pages. */

import type { Params } from "../../api/client.ts";
import { useChoice } from "../ai/Choices.tsx";
import { useView } from "../../state/view.ts";
import { type Pins, readWalk } from "../../state/why.ts";

const CHOICES = {
  state: [{ value: "", label: "All" }, { value: "going_on", label: "Going on" }, { value: "expected", label: "Expected" }, { value: "resolved", label: "Resolved" }],
  severity: [{ value: "", label: "Any severity" }, { value: "critical", label: "Critical" }, { value: "warning", label: "Warning" }],
  kind: [{ value: "", label: "Any kind" }, { value: "rise", label: "More" }, { value: "fall", label: "Less" }, { value: "launch", label: "Launch" }],
  grain: [{ value: "", label: "Days and hours" }, { value: "day", label: "Days" }, { value: "hour", label: "Hours" }],
} as const;

export type Choice = keyof typeof CHOICES;

export function choicesOf(name: Choice): { value: string; label: string }[] {
  return [...CHOICES[name]];
}

export interface Asked {
  pins: Pins;
  params: Params;
  /** Whether anything is left out. */
  narrowed: boolean;
}

export function useAskedAnomalies(): Asked {
  const { state } = useView();
  const pins = readWalk(state["of"])[0] ?? {};
  const chosen = {
    state: useChoice("state", values("state")), severity: useChoice("severity", values("severity")),
    kind: useChoice("kind", values("kind")), grain: useChoice("grain", values("grain")),
  };
  const params = Object.fromEntries(Object.entries(chosen).filter(([, value]) => value));
  return { pins, params, narrowed: Object.keys(params).length + Object.keys(pins).length > 0 };
}

function values(name: Choice): string[] {
  return CHOICES[name].map((one) => one.value);
}
