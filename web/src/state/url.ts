/** The page's state lives in its address; these functions read and write the query part. */

export type State = Record<string, string>;

/** Kept from page to page; everything else belongs to the page it was set on. */
export const SHARED = ["window", "metric", "currency"] as const;

export function readState(search: string): State {
  return Object.fromEntries(new URLSearchParams(search));
}

/** Encodes only what must be: addresses are read, shared and compared by people. */
function encoded(text: string): string {
  return encodeURIComponent(text)
    .replace(/%(3A|3B|2C|2F|7C|20)/gi, (code) => (code === "%20" ? "+" : decodeURIComponent(code)));
}

export function writeState(state: State): string {
  const pairs = Object.entries(state).filter(([, value]) => value !== "");
  return pairs.length ? `?${pairs.map(([key, value]) => `${encoded(key)}=${encoded(value)}`).join("&")}` : "";
}

/** `search` with the given keys set; an empty value or undefined takes a key away. */
export function patchState(search: string, patch: Record<string, string | undefined>): string {
  const state = readState(search);
  for (const [key, value] of Object.entries(patch)) {
    if (value) state[key] = value;
    else delete state[key];
  }
  return writeState(state);
}

/** The address of another page: the window and metric go along, the rest stays behind. */
export function hrefFor(path: string, search: string, extra: State = {}): string {
  const [place = "", own = ""] = path.split("?");
  const state = readState(search);
  const shared = Object.fromEntries(SHARED.filter((key) => state[key]).map((key) => [key, state[key] ?? ""]));
  return place + writeState({ ...shared, ...readState(own), ...extra });
}
