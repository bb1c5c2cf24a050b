/** The prices that hold for one model on a day, under its tier, or in batches: one's own applied. */

import { Select } from "@mantine/core";
import { csvAddress } from "../../api/client.ts";
import type { HoldingRates as Report, RateRow } from "../../api/operation.ts";
import { useReport } from "../../api/queries.ts";
import { dayText } from "../../format/dates.ts";
import { RowsSkeleton } from "../../page/states.tsx";
import { useView } from "../../state/view.ts";
import { RateTable } from "./RateTable.tsx";

const INPUT = { size: "xs", allowDeselect: false, comboboxProps: { transitionProps: { duration: 0 } }, checkIconPosition: "right" } as const;

interface HoldingRatesProps {
  provider: string;
  model: string;
  at: string;
  /** What the table has of the model: its tiers are offered. */
  rows: RateRow[];
}

export function HoldingRates({ provider, model, at, rows }: HoldingRatesProps) {
  const { state, set } = useView();
  const { tier = "", batch = "", card } = state;
  const path = `/rates/${encodeURIComponent(provider)}/${model.split("/").map(encodeURIComponent).join("/")}`;
  const given = { at, tier: tier || undefined, batch: batch || undefined, card };
  const query = useReport<Report>(path, given, { keep: false });
  const tiers = [...new Set([...rows.map((row) => row.service_tier ?? ""), tier])].filter((one) => one && one !== "*").sort();
  return (
    <section aria-label="What holds">
      <div className="controls holding">
        <Select {...INPUT} label="Service tier" data={[{ value: "", label: "Standard" }, ...tiers.map((value) => ({ value, label: value }))]} value={tier} onChange={(value) => set({ tier: value || undefined })} />
        <Select {...INPUT} label="Sent" data={[{ value: "", label: "One by one" }, { value: "true", label: "In batches" }]} value={batch} onChange={(value) => set({ batch: value || undefined })} />
      </div>
      {query.data ? (
        <RateTable one name="holding" title={`What ${query.data.provider}/${query.data.model} costs on ${dayText(query.data.day, true)}, ${query.data.conditions}`} rows={query.data.rates} total={query.data.rates.length} csv={csvAddress(path, given)} />
      ) : query.error ? <p className="aside-note" role="alert"><span className="tag warn">no rate</span> {query.error.message}</p> : <RowsSkeleton rows={3} />}
    </section>
  );
}
