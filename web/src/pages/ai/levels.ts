/** The levels of the tree, the widest first. */

import type { Level, OperationsTree } from "../../api/operations.ts";
import type { Pins } from "../../state/why.ts";

export const LEVELS: Level[] = ["organization", "cost_center", "team", "project", "user", "workflow", "call"];

const MANY: Record<Level, string> = {
  organization: "organizations", cost_center: "cost centers", team: "teams", project: "projects", user: "users", workflow: "workflows", call: "calls",
};

export function manyOf(level: Level): string {
  return MANY[level];
}

function isLevel(name: string): name is Level {
  return LEVELS.some((level) => level === name);
}

/** What is pinned besides levels of the tree: a feature, a model. */
export function rest(pins: Pins): Pins {
  return Object.fromEntries(Object.entries(pins).filter(([name]) => !isLevel(name)));
}

/** The levels that are pinned, down to `level`. */
export function upTo(pins: Pins, level: Level): Pins {
  return Object.fromEntries(Object.entries(pins).filter(([name]) => isLevel(name) && LEVELS.indexOf(name) <= LEVELS.indexOf(level)));
}

/** The levels that the node can open into: those that have names and stand below what is pinned. */
export function choicesOf(report: OperationsTree): Level[] {
  const pinned = report.path.map((above) => above.pinned).lastIndexOf(true);
  const between = report.path.slice(pinned + 1).map((above) => above.level);
  return [...between, ...LEVELS.slice(LEVELS.indexOf(report.level))];
}
