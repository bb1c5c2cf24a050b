/** Decimal strings for people: rounding, grouping, comparing, all on digits, never through a float. */

export const MINUS = "\u2212";

interface Digits {
  negative: boolean;
  whole: string;
  fraction: string;
}

function digitsOf(text: string): Digits | null {
  const match = /^([+-]?)(\d+)(?:\.(\d*))?$/.exec(text.trim());
  if (!match) return null;
  return { negative: match[1] === "-", whole: (match[2] ?? "0").replace(/^0+(?=\d)/, ""), fraction: match[3] ?? "" };
}

export function isDecimal(text: string | null | undefined): text is string {
  return typeof text === "string" && digitsOf(text) !== null;
}

export function isZero(text: string): boolean {
  return /^[+-]?[0.]+$/.test(text.trim());
}

export function isNegative(text: string): boolean {
  return text.trim().startsWith("-") && !isZero(text);
}

/** -1, 0 or 1, exact at any length. */
export function compareDecimals(left: string, right: string): number {
  const [a, b] = [digitsOf(left), digitsOf(right)];
  if (!a || !b) return left < right ? -1 : left > right ? 1 : 0;
  const places = Math.max(a.fraction.length, b.fraction.length);
  const [x, y] = [scaled(a, places), scaled(b, places)];
  return x < y ? -1 : x > y ? 1 : 0;
}

function scaled(digits: Digits, places: number): bigint {
  const value = BigInt(digits.whole + digits.fraction.padEnd(places, "0"));
  return digits.negative ? -value : value;
}

/** `text` with `places` decimals, halves away from zero, no grouping: "-2.345" at 2 is "-2.35". */
export function roundDecimal(text: string, places: number): string {
  const digits = digitsOf(text);
  if (!digits) return text;
  const kept = digits.fraction.slice(0, places).padEnd(places, "0");
  let value = BigInt(digits.whole + kept);
  if ((digits.fraction[places] ?? "0") >= "5") value += 1n;
  const padded = value.toString().padStart(places + 1, "0");
  const whole = padded.slice(0, padded.length - places);
  const sign = digits.negative && value !== 0n ? "-" : "";
  return places === 0 ? `${sign}${whole}` : `${sign}${whole}.${padded.slice(-places)}`;
}

/** Thousands grouped, a true minus sign: "-1234.5" is "−1,234.5". */
export function grouped(text: string): string {
  const digits = digitsOf(text);
  if (!digits) return text;
  const whole = digits.whole.replace(/\B(?=(\d{3})+$)/g, ",");
  const point = digits.fraction ? `.${digits.fraction}` : "";
  return `${isNegative(text) ? MINUS : ""}${whole}${point}`;
}

/** All the digits there are, without the zeros that say nothing; at least `least` decimals. */
export function exactText(text: string, least = 2): string {
  const digits = digitsOf(text);
  if (!digits) return text;
  const fraction = digits.fraction.replace(/0+$/, "").padEnd(least, "0");
  return grouped(`${digits.negative ? "-" : ""}${digits.whole}${fraction ? `.${fraction}` : ""}`);
}

/** Two decimals; below a cent the first two digits that are not zero: "0.00421" is "0.0042". */
export function amountDigits(text: string, places = 2): string {
  const digits = digitsOf(text);
  if (!digits) return text;
  if (digits.whole === "0" && !isZero(text)) {
    const zeros = /^0*/.exec(digits.fraction)?.[0].length ?? 0;
    if (zeros >= places) return grouped(roundDecimal(text, zeros + 2));
  }
  return grouped(roundDecimal(text, places));
}

/** A cost per unit: three digits that say something, and never fewer than two decimals. */
export function unitDigits(text: string): string {
  const digits = digitsOf(text);
  if (!digits || digits.whole !== "0" || isZero(text)) return amountDigits(text);
  const zeros = /^0*/.exec(digits.fraction)?.[0].length ?? 0;
  return grouped(roundDecimal(text, zeros + 3));
}

const STEPS: [number, string][] = [
  [13, "T"],
  [10, "B"],
  [7, "M"],
];

/** From a million on, three digits and a letter: "1243000.5" is "1.24 M"; below that, `amountDigits`. */
export function compactDigits(text: string): string {
  const digits = digitsOf(text);
  const step = digits && STEPS.find(([length]) => digits.whole.length >= length);
  if (!digits || !step) return amountDigits(text);
  const cut = step[0] - 1;
  const head = digits.whole.slice(0, -cut);
  const moved = `${digits.negative ? "-" : ""}${head}.${digits.whole.slice(-cut)}`;
  return `${grouped(roundDecimal(moved, Math.max(0, 3 - head.length)))} ${step[1]}`;
}

/** "9.27" is "+9.3%" with `signed`; null is an empty string. */
export function percentText(text: string | null, signed = false): string {
  if (text === null || !isDecimal(text)) return "";
  const shown = grouped(roundDecimal(text, 1));
  return `${signed && !isNegative(text) && !isZero(text) ? "+" : ""}${shown}%`;
}

/** Percents within a sentence, with as many digits as beside it: "92.02 % of it" is "92.0% of it". */
export function percentsIn(text: string): string {
  return text.replace(/(\d[\d,]*(?:\.\d+)?) %/g, (_, percent: string) => percentText(percent.replaceAll(",", "")));
}

/** The point moved to the right, exactly: a price for one token as that for a million is `timesTen(price, 6)`. */
export function timesTen(text: string, places: number): string {
  const digits = digitsOf(text);
  if (!digits) return text;
  const whole = digits.whole + digits.fraction.slice(0, places).padEnd(places, "0");
  const rest = digits.fraction.slice(places);
  return `${digits.negative ? "-" : ""}${whole.replace(/^0+(?=\d)/, "")}${rest ? `.${rest}` : ""}`;
}

/** A count or quantity: grouped, decimals only where there are any. */
export function quantityText(text: string | number | null): string {
  if (text === null) return "";
  return exactText(String(text), 0);
}

/** "1 row", "1,204 rows" */
export function counted(count: string | number, one: string, many = `${one}s`): string {
  return `${quantityText(count)} ${String(count) === "1" ? one : many}`;
}

/** For chart geometry and bar widths only; no digit that is shown comes from here. */
export function geometry(text: string | null | undefined): number {
  return text ? Number.parseFloat(text) : 0;
}
