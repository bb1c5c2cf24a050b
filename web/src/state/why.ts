/** The walk down a number, written in the address: steps parted by "~", pins by ";", name and value by ":". */

import { dayText, isDay } from "../format/dates.ts";

export type Pins = Record<string, string>;

const escapes: [string, string][] = [["!", "!!"], ["~", "!t"], [";", "!s"], [":", "!c"]];

function escaped(text: string): string {
  return text.replace(/[!~;:]/g, (sign) => escapes.find(([plain]) => plain === sign)?.[1] ?? sign);
}

function plain(text: string): string {
  return text.replace(/!([!tsc])/g, (code) => escapes.find(([, coded]) => coded === code)?.[0] ?? code);
}

export function writeWalk(steps: Pins[]): string {
  return steps.map((pins) => Object.entries(pins).map(([name, value]) => `${escaped(name)}:${escaped(value)}`).join(";")).join("~");
}

export function readWalk(text: string | undefined): Pins[] {
  if (!text) return [];
  return text.split("~").map((step) => {
    const pairs = step.split(";").filter(Boolean).map((pair) => pair.split(":"));
    return Object.fromEntries(pairs.map(([name = "", value = ""]) => [plain(name), plain(value)]));
  });
}

/** All pins of a walk together; a later step wins. */
export function pinsOf(steps: Pins[]): Pins {
  return Object.assign({}, ...steps) as Pins;
}

/** The first step of a walk from an address the API gives: "/api/v1/explain?perspective=customer&target=a". */
export function walkFromAddress(address: string): Pins[] {
  const [path = "", query = ""] = address.split("?");
  const pins = Object.fromEntries(new URLSearchParams(query));
  const alias = /\/explain\/customers\/([^/]+)$/.exec(path);
  return [alias ? { perspective: "customer", target: decodeURIComponent(alias[1] ?? ""), ...pins } : pins];
}

/** The walk with one step more, which holds only what the steps before it do not pin already. */
export function deeper(walk: Pins[], pins: Pins): Pins[] {
  const before = pinsOf(walk);
  return [...walk, Object.fromEntries(Object.entries(pins).filter(([name, value]) => before[name] !== value))];
}

/** Pins that say how to ask, or tell one pool from another without naming it. */
const UNSAID = new Set(["perspective", "from", "to", "metric", "window", "filter", "currency", "node", "source", "cost_class"]);

/** What a step of a walk is called: its service and environment where it has them, else all it names. */
export function stepName(walk: Pins[], index: number): string {
  const pins = walk[index] ?? {};
  if (pins["path"] !== undefined) return pathName(pins["path"]);
  if (pins["rule"] === "") return "no rule";
  const chosen = pins["service"] ? ["service", "environment"] : Object.keys(pins).filter((name) => !UNSAID.has(name));
  const words = chosen.flatMap((name) => pins[name] ?? []).filter((value) => value !== "" && value !== "(none)");
  return words.map((value) => (isDay(value) ? dayText(value) : value)).join(" \u00b7 ") || "No name";
}

/** A path by the nodes it passes: "service=web, environment=production > service=db" is "web → db". */
export function pathName(path: string): string {
  if (path === "") return "straight";
  if (path === "(other)") return "other paths";
  return path.split(" > ").map((node) => /(?:^|, )service=(.*?)(?=, [\w.]+=|$)/.exec(node)?.[1] ?? node.replaceAll(/(^|, )[\w.]+=/g, "$1")).join(" \u2192 ");
}
