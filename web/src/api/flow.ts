/** Cost as a flow: columns of nodes, and the bands between them. */

import type { Decimal, Percent, Report } from "./types.ts";

export type Stage = "provider" | "origin" | "node" | "target";

export interface FlowNode {
  id: string;
  stage: Stage;
  kind: "named" | "others" | "allocated" | "idle" | "unallocated";
  name: string;
  label: string;
  amount: Decimal;
  members: number;
  explain: string | null;
}

export interface FlowBand {
  source: string;
  target: string;
  source_name: string;
  target_name: string;
  amount: Decimal;
  share_pct: Percent;
  explain: string | null;
}

export interface FlowColumn {
  stage: Stage;
  title: string;
  entered: Decimal;
  left: Decimal;
  difference: Decimal;
}

export interface FlowReport extends Report {
  origin: string;
  to: string;
  total: Decimal;
  columns: FlowColumn[];
  nodes: FlowNode[];
  bands: FlowBand[];
}
