/** The walk down a number, written in the address: steps parted by "~", pins by ";", name and value by ":". */

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
