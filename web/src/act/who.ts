/** Who speaks, where nobody needs an account: a name is asked for once and kept in this browser. */

const KEY = "apportion.who";

export function rememberedWho(): string {
  try {
    return localStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

export function rememberWho(who: string): void {
  try {
    localStorage.setItem(KEY, who);
  } catch {
    // A browser that keeps nothing asks again.
  }
}
