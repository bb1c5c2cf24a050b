/** What somebody may not do is not offered to them. */

import type { ReactNode } from "react";
import type { Scope } from "../api/access.ts";
import { useMay } from "./me.ts";

export function Only({ scope, children }: { scope: Scope; children: ReactNode }) {
  return useMay(scope) ? children : null;
}
