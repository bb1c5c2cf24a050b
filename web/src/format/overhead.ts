/** Where infrastructure that operations carry comes from, in words. */

import type { OverheadIs } from "../api/operations.ts";

const WORDS: Record<OverheadIs, string> = {
  allocated: "allocated from bills",
  declared: "a declared percentage",
  both: "allocated, else a declared percentage",
};

export function overheadWords(kind: OverheadIs | null): string {
  return kind === null ? "" : WORDS[kind];
}
