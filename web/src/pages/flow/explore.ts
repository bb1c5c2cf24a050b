/** What lies behind a band that passes a node, which no single explanation is of: the cost at its ends, in the Explorer. */

import type { FlowBand, FlowNode, FlowReport } from "../../api/flow.ts";
import { type Condition, writeFilter } from "../../state/filter.ts";
import { writeState } from "../../state/url.ts";

export function explorerPath(report: FlowReport, nodes: Map<string, FlowNode>, ends: string[]): string {
  const conditions = ends.flatMap((id): Condition[] => {
    const node = nodes.get(id);
    if (!node || node.kind === "others" || node.stage === "node") return [];
    const field = node.stage === "target" ? "target" : node.stage === "origin" ? report.origin : "ServiceProviderName";
    return [{ field, values: [node.name], negated: false }];
  });
  const group = conditions.some((one) => one.field === "target") ? report.origin : "target";
  return `/explorer${writeState({ perspective: report.meta.perspective ?? "", group, filter: writeFilter({ any: false, conditions }) ?? "", window: `${report.meta.from}..${report.meta.to}` })}`;
}

export function endsOf(band: FlowBand): string[] {
  return [band.source, band.target];
}
