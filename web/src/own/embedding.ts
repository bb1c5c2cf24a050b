/** A page in somebody else's page: the token comes behind the "#", and the colours with `theme=`. */

import { carry } from "../api/client.ts";
import { queryClient } from "../api/queries.ts";

const LIKE_A_TOKEN = /^#(?:token=)?([\w.~+/=-]{16,4096})$/;

export function isEmbedded(): boolean {
  return location.pathname.startsWith("/embed/");
}

export function givenScheme(): "light" | "dark" | null {
  const given = new URLSearchParams(location.search).get("theme");
  return given === "light" || given === "dark" ? given : null;
}

let holding = false;

/** Takes the token out of the address, where histories and referrers would keep it. */
export function takeToken(): void {
  const found = LIKE_A_TOKEN.exec(location.hash)?.[1];
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  if (!found) return;
  carry(found);
  holding = true;
}

export function holdsToken(): boolean {
  return holding;
}

/** The page around may hand in a newer token by the same way, without loading anew. */
export function onNewToken(listener: () => void): () => void {
  const take = () => {
    if (!location.hash) return;
    takeToken();
    queryClient.clear();
    listener();
  };
  window.addEventListener("hashchange", take);
  return () => window.removeEventListener("hashchange", take);
}
