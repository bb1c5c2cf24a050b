/** Puts text on the clipboard: also where the page came without TLS, and browsers keep the clipboard from it. */

export async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return byHand(text);
  }
}

function byHand(text: string): boolean {
  const box = document.createElement("textarea");
  box.value = text;
  box.className = "sr-only";
  box.setAttribute("aria-hidden", "true");
  // Below an open dialog everything else is inert, and nothing in it can be marked.
  (document.querySelector("dialog[open]") ?? document.body).append(box);
  const before = document.activeElement;
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  if (before instanceof HTMLElement) before.focus();
  return done;
}
