/** An id for what is sent, so that sent twice it counts once. */

/** `crypto.randomUUID` is only there on addresses with TLS; 16 random bytes are everywhere. */
export function newId(kind: string): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `${kind}-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
