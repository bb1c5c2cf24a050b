/** The Explorer's conditions: rows of the form, the short text in the address, the JSON the API takes. */

export interface Condition {
  field: string;
  values: string[];
  negated: boolean;
}

export interface Filter {
  any: boolean;
  conditions: Condition[];
}

type Leaf = Record<string, string[]>;
export type FilterJson = Leaf | { not: Leaf } | { and: FilterJson[] } | { or: FilterJson[] };

function coded(text: string): string {
  return text.replace(/[%|;:!]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** "team:payments|search;!environment:staging", with "any;" before it where one condition is enough. */
export function writeFilter(filter: Filter): string {
  const whole = filter.conditions.filter((one) => one.field && one.values.length);
  const texts = whole.map((one) => `${one.negated ? "!" : ""}${coded(one.field)}:${one.values.map(coded).join("|")}`);
  return (filter.any && texts.length > 1 ? ["any", ...texts] : texts).join(";");
}

export function readFilter(text: string | undefined): Filter {
  if (text?.startsWith("{")) return readJson(text);
  const parts = (text ?? "").split(";").filter(Boolean);
  const any = parts[0] === "any";
  const conditions = (any ? parts.slice(1) : parts).flatMap((part) => {
    const negated = part.startsWith("!");
    const [field = "", values = ""] = (negated ? part.slice(1) : part).split(":");
    return values ? [{ field: decoded(field), values: values.split("|").map(decoded), negated }] : [];
  });
  return { any, conditions };
}

/** A filter as the API writes it, in as far as the form can show it: conditions under one "and" or "or". */
function readJson(text: string): Filter {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { any: false, conditions: [] };
  }
  const { or, and } = json as { or?: unknown; and?: unknown };
  const terms = Array.isArray(or) ? or : Array.isArray(and) ? and : [json];
  return { any: Array.isArray(or), conditions: terms.flatMap((term) => conditionsOf(term, false)) };
}

function conditionsOf(term: unknown, negated: boolean): Condition[] {
  if (typeof term !== "object" || term === null) return [];
  if ("not" in term) return conditionsOf(term.not, !negated);
  return Object.entries(term).flatMap(([field, values]) => (Array.isArray(values) ? [{ field, values: values.map(String), negated }] : []));
}

/** The API's filter, or undefined where nothing is asked. */
export function filterJson(filter: Filter): FilterJson | undefined {
  const whole = filter.conditions.filter((one) => one.field && one.values.length);
  const terms = whole.map((one): FilterJson => (one.negated ? { not: { [one.field]: one.values } } : { [one.field]: one.values }));
  if (terms.length === 0) return undefined;
  return filter.any ? { or: terms } : { and: terms };
}
