/** Which bill, which account of it, and what of it to hide. */

import { Select } from "@mantine/core";
import type { BridgeReport } from "../../api/bills.ts";
import type { Params } from "../../api/client.ts";
import { useReport } from "../../api/queries.ts";
import { monthText } from "../../format/dates.ts";
import { useView } from "../../state/view.ts";
import { HIDEABLE, hiddenParts, type Known } from "./asked.ts";
import "../explorer/explorer.css";
import "./bridge.css";

export function BridgeControls({ known, asked }: { known: Known[]; asked: Params }) {
  const { state, set } = useView();
  const { source, period } = asked;
  const all = useReport<BridgeReport>("/bridge", { source, period }, { enabled: Boolean(source) });
  const accounts = [...new Set((all.data?.accounts ?? []).map((one) => one.account))];
  const account = state["account"];
  const periods = known.find((one) => one.source === source)?.periods ?? [];
  const inputs = { size: "xs", comboboxProps: { transitionProps: { duration: 0 } }, checkIconPosition: "right" } as const;
  const hidden = hiddenParts(state["without"]);
  const toggle = (part: string) => {
    const next = hidden.includes(part) ? hidden.filter((one) => one !== part) : HIDEABLE.filter((one) => one === part || hidden.includes(one));
    set({ without: next.join(",") || undefined, step: undefined, line: undefined, of: undefined });
  };
  return (
    <div className="controls" role="group" aria-label="Bill">
      <Select {...inputs} label="Source" data={known.map((one) => one.source)} value={source ?? null} allowDeselect={false} onChange={(value) => set({ source: value ?? undefined, period: undefined, account: undefined, step: undefined, line: undefined, of: undefined })} />
      <Select {...inputs} label="Billing period" data={listed(periods, period).map((value) => ({ value, label: monthText(value) }))} value={period ?? null} allowDeselect={false} onChange={(value) => set({ period: value ?? undefined, account: undefined, step: undefined, line: undefined, of: undefined })} />
      <Select {...inputs} label="Account" searchable data={[{ value: "", label: "All accounts" }, ...listed(accounts, account).map((value) => ({ value, label: value }))]} value={account ?? ""} allowDeselect={false} onChange={(value) => set({ account: value || undefined, step: undefined, line: undefined, of: undefined })} />
      <div className="hide" role="group" aria-label="Hide parts of the bill">
        <span className="hide-label">Hide</span>
        {HIDEABLE.map((part) => (
          <button key={part} type="button" className="text-button bordered" aria-pressed={hidden.includes(part)} onClick={() => toggle(part)}>{part}</button>
        ))}
      </div>
    </div>
  );
}

/** What is asked for stays among the choices, also where the data does not know it. */
function listed(values: string[], chosen: string | undefined): string[] {
  return chosen && !values.includes(chosen) ? [chosen, ...values] : values;
}
