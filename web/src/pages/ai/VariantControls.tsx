/** Which prompt, by what else its variants are kept apart, and what is good. */

import { Select } from "@mantine/core";
import { useLocation } from "wouter";
import type { OperationsVariants } from "../../api/operations.ts";
import { useView } from "../../state/view.ts";
import { useAsked } from "./asked.ts";
import "../explorer/explorer.css";

const APART = ["model", "feature", "plan", "customer", "environment", "service_tier"];

export function VariantControls({ report, prompts }: { report: OperationsVariants; prompts: string[] }) {
  const { pins, to } = useAsked();
  const { state, set } = useView();
  const [, navigate] = useLocation();
  const inputs = { size: "xs", comboboxProps: { transitionProps: { duration: 0 } }, checkIconPosition: "right", allowDeselect: false } as const;
  const { apart = "", quality } = state;
  const offered = prompts.includes(report.prompt) ? prompts : [report.prompt, ...prompts];
  return (
    <div className="controls" role="group" aria-label="What is compared">
      <Select {...inputs} className="control-wide" label="Prompt" searchable data={offered} value={report.prompt} onChange={(prompt) => { if (prompt) navigate(to("/ai/variants", { ...pins, prompt }, apart ? { apart } : {})); }} />
      <Select {...inputs} label="Apart by" data={[{ value: "", label: "Nothing else" }, ...APART.map((value) => ({ value, label: value.replaceAll("_", " ") }))]} value={apart} onChange={(value) => set({ apart: value || undefined })} />
      <Select {...inputs} label="Good is" data={[{ value: "success", label: "Success" }, { value: "value", label: "Value" }]} value={quality ?? report.quality} onChange={(value) => set({ quality: value ?? undefined })} />
    </div>
  );
}
