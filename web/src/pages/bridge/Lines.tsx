/** The rows behind a step, by the provider's kind of line and service; every number of the bridge is a sum over them. */

import { useEffect, useRef } from "react";
import { Link } from "wouter";
import type { BridgeLine, BridgeStep } from "../../api/bills.ts";
import type { Params } from "../../api/client.ts";
import { Amount } from "../../figures/Amount.tsx";
import { isZero } from "../../format/decimal.ts";
import { patchState } from "../../state/url.ts";
import { useView } from "../../state/view.ts";
import type { Column } from "../../table/columns.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { amountColumn, countColumn } from "../../table/money.tsx";
import { Charges } from "./Charges.tsx";

interface LinesProps {
  lines: BridgeLine[];
  steps: BridgeStep[];
  currency: string;
  csv: string;
  /** The bill, as the API is asked for it. */
  asked: Params;
}

/** What a line contributes to a step. */
export function inStep(line: BridgeLine, step: BridgeStep): string {
  if (step.step === "console") return line.console;
  if (step.step === "billed") return line.BilledCost;
  if (step.step === "effective") return line.EffectiveCost;
  return line.billed_step === step.step ? line.to_billed : line.to_effective;
}

function isIn(line: BridgeLine, step: BridgeStep): boolean {
  if (!line.shown) return false;
  return step.kind !== "change" ? !isZero(inStep(line, step)) : (line.billed_step === step.step && !isZero(line.to_billed)) || (line.effective_step === step.step && !isZero(line.to_effective));
}

const key = (line: BridgeLine) => `${line.line_item_type}, ${line.service}, ${line.part}, ${line.billed_step}, ${line.effective_step}`;

export function Lines({ lines, steps, currency, csv, asked }: LinesProps) {
  const { state, set, search } = useView();
  const place = useRef<HTMLDivElement>(null);
  const step = steps.find((one) => one.step === state["step"]);
  const chosen = step?.step;
  useEffect(() => {
    if (!chosen || !place.current) return;
    place.current.scrollIntoView({ block: "nearest" });
    place.current.querySelector<HTMLElement>("button, a")?.focus({ preventScroll: true });
  }, [chosen]);
  if (!step) return null;
  const name = (row: BridgeLine) => `${row.line_item_type}, ${row.service}`;
  const columns: Column<BridgeLine>[] = [
    { key: "line_item_type", label: "Kind of line", heads: true, value: (row) => row.line_item_type, render: (row) => <>{row.line_item_type}{row.service ? <span className="sub">{row.service}</span> : null}</> },
    { key: "part", label: "Part", value: (row) => row.part || "no charge" },
    countColumn<BridgeLine>("rows", "Rows", (row) => row.rows),
    amountColumn<BridgeLine>({ key: "console", label: "Console", currency, value: (row) => row.console, name, spare: 2 }),
    amountColumn<BridgeLine>({ key: "BilledCost", label: "BilledCost", currency, value: (row) => row.BilledCost, name, spare: 1 }),
    amountColumn<BridgeLine>({ key: "EffectiveCost", label: "EffectiveCost", currency, value: (row) => row.EffectiveCost, name, spare: 1 }),
    {
      key: "amount", label: "In this step", unit: currency, numeric: true, value: (row) => inStep(row, step),
      render: (row) => {
        const shown = <Amount bare value={inStep(row, step)} currency={currency} label={name(row)} />;
        if (!row.part) return shown;
        return <Link className="door" href={`/bridge${patchState(search, { line: row.line_item_type, of: row.service })}`} aria-label={`Charges of ${name(row)}`}>{shown}</Link>;
      },
    },
  ];
  return (
    <div ref={place} className="behind">
      <button type="button" className="text-button behind-close" onClick={() => set({ step: undefined, line: undefined, of: undefined })}>Close these rows</button>
      <DataTable<BridgeLine>
        name="lines" title={`Rows behind: ${step.label}`} note={<>together <Amount value={step.amount} currency={currency} label={step.label} /></>} level={3}
        columns={columns} rows={lines.filter((line) => isIn(line, step))} rowKey={key} csv={csv} empty={<p className="quiet">No row moves in this step.</p>}
      />
      {state["line"] ? <Charges step={step} asked={asked} kind={state["line"]} service={state["of"]} /> : null}
    </div>
  );
}
