/** Which perspective, source and billing period; and the run that is stated. */

import { Select } from "@mantine/core";
import { Link } from "wouter";
import type { Params } from "../../api/client.ts";
import type { Health, LoadList } from "../../api/health.ts";
import { useDimensions, useReport } from "../../api/queries.ts";
import { instantText, monthText } from "../../format/dates.ts";
import { useView } from "../../state/view.ts";
import { standingPeriods } from "../bridge/asked.ts";
import "../explorer/explorer.css";

export function Controls({ asked, run }: { asked: Params; run: Health["run"] }) {
  const { set, href } = useView();
  const perspectives = useDimensions().data?.perspectives ?? [];
  const bills = standingPeriods(useReport<LoadList>("/loads", { kind: "bill" }).data?.loads ?? []);
  const periods = [...new Set(bills.filter((one) => !asked["source"] || one.source === asked["source"]).flatMap((one) => one.periods))].sort().reverse();
  const inputs = { size: "xs", comboboxProps: { transitionProps: { duration: 0 } }, checkIconPosition: "right", allowDeselect: false } as const;
  return (
    <>
      <p className="meta below">
        <span>{asked["metric"]}</span><span>{asked["currency"]}</span>
        {run ? <span>run <Link className="link" href={href(`/runs/${encodeURIComponent(run.run_id)}`)}>{instantText(run.finished_at)}</Link></span> : null}
        <span>all days of the bills</span>
      </p>
      <div className="controls" role="group" aria-label="Statement">
        <Select {...inputs} label="Perspective" data={perspectives.map((one) => ({ value: one.name, label: one.name }))} value={asked["perspective"] ?? null} onChange={(value) => set({ perspective: value ?? undefined })} />
        <Select {...inputs} label="Source" data={[{ value: "", label: "All sources" }, ...bills.map((one) => ({ value: one.source, label: one.source }))]} value={asked["source"] ?? ""} onChange={(value) => set({ source: value || undefined })} />
        <Select {...inputs} label="Billing period" data={[{ value: "", label: "All periods" }, ...periods.map((value) => ({ value, label: monthText(value) }))]} value={asked["billing_period"] ?? ""} onChange={(value) => set({ period: value || undefined })} />
      </div>
    </>
  );
}
