/** The flow, drawn: from who charged it on the left to whom it is for on the right. */

import { useMemo } from "react";
import { useLocation } from "wouter";
import type { FlowReport } from "../../api/flow.ts";
import { Chart } from "../../charts/Chart.tsx";
import { withCurrency } from "../../format/currency.ts";
import { amountDigits, counted, isNegative } from "../../format/decimal.ts";
import { useDoor } from "../../state/door.ts";
import { walkFromAddress } from "../../state/why.ts";
import { useView } from "../../state/view.ts";
import { useSlots } from "../../theme/slots.ts";
import { endsOf, explorerPath } from "./explore.ts";
import { drawFlow, drawnOf, heightOf, title } from "./drawn.ts";

export function Sankey({ report }: { report: FlowReport }) {
  const { goTo } = useDoor();
  const { href } = useView();
  const [, navigate] = useLocation();
  const slots = useSlots(report.origin, report.nodes.filter((node) => node.stage === "origin" && node.kind === "named").map((node) => node.name));
  const draw = useMemo(() => drawFlow(report, slots), [report, slots]);
  const drawn = useMemo(() => drawnOf(report), [report]);
  const open = (index: number, _series: number, part?: string) => {
    const picked = part === "edge" ? drawn.bands[index] : report.nodes[index];
    if (!picked) return;
    if (picked.explain) goTo(walkFromAddress(picked.explain));
    else navigate(href(explorerPath(report, drawn.nodes, "id" in picked ? [picked.id] : endsOf(picked))));
  };
  const credits = drawn.bands.filter((band) => isNegative(band.amount)).length;
  const largest = [...report.bands].slice(0, 3).map((band) => `${title(drawn, band.source)} to ${title(drawn, band.target)} ${withCurrency(amountDigits(band.amount), report.meta.currency)}`);
  return (
    <figure className="block chart-frame" aria-labelledby="flow-title">
      <div className="toolbar">
        <h2 id="flow-title">From provider to {report.to.replaceAll("_", " ")}</h2>
        <span className="quiet">a band has the colour of its {report.origin.replaceAll("_", " ")}; press it for the reason</span>
      </div>
      <Chart draw={draw} height={heightOf(report)} label={`Flow of cost in ${counted(drawn.bands.length, "band")}: ${largest.join("; ")}, and so on. The table below has every band.`} onPick={open} />
      {credits ? <p className="aside-note">{counted(credits, "band")} in red {credits === 1 ? "is a credit" : "are credits"}: drawn as wide as {credits === 1 ? "it is" : "they are"}, and taken off in every sum.</p> : null}
    </figure>
  );
}
