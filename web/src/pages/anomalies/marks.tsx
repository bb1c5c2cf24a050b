/** What tells anomalies apart beside their colour: a diamond is critical, a circle a warning, a triangle a launch; hollow costs less. */

import type { AnomalyKind, AnomalyState, Severity } from "../../api/anomalies.ts";
import type { ChartTheme } from "../../charts/theme.ts";

interface Marked {
  kind: AnomalyKind;
  severity: Severity;
}

export type Shape = "diamond" | "circle" | "triangle";

export function shapeOf({ kind, severity }: Marked): Shape {
  return kind === "launch" ? "triangle" : severity === "critical" ? "diamond" : "circle";
}

export function markStyle(one: Marked, theme: ChartTheme): Record<string, unknown> {
  const color = one.kind === "launch" ? theme.accent : one.severity === "critical" ? theme.loss : theme.rise;
  return one.kind === "fall" ? { color: theme.surface, borderColor: color, borderWidth: 2 } : { color, borderColor: theme.surface, borderWidth: 1 };
}

const PATHS: Record<Shape, string> = { diamond: "M6 .8 11.2 6 6 11.2.8 6Z", circle: "M6 1.4a4.6 4.6 0 1 1 0 9.2 4.6 4.6 0 0 1 0-9.2Z", triangle: "M6 1.2 11.2 10.4H.8Z" };

export function Mark({ one }: { one: Marked }) {
  const tone = one.kind === "launch" ? "launch" : one.severity;
  return <svg className={`mark mark-${tone}${one.kind === "fall" ? " hollow" : ""}`} width="12" height="12" viewBox="0 0 12 12" aria-hidden="true"><path d={PATHS[shapeOf(one)]} /></svg>;
}

export function SeverityTag({ one }: { one: Marked }) {
  const launch = one.kind === "launch";
  return <span className="with-mark"><Mark one={one} /><span>{launch ? "launch" : one.severity}</span></span>;
}

const TONES: Record<AnomalyState, string> = { open: " warn", acknowledged: "", expected: "", resolved: " good" };

export function StateTag({ state, reason }: { state: AnomalyState; reason?: string }) {
  return <span className={`tag${TONES[state]}`} title={reason || undefined}>{state}</span>;
}
