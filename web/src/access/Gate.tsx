/** Lets in who is known, to what is theirs. */

import { lazy, type ReactNode, Suspense } from "react";
import { ApiError } from "../api/client.ts";
import { Frame } from "../shell/Frame.tsx";
import { PageSkeleton } from "../page/states.tsx";
import { Login } from "./Login.tsx";
import { useMe } from "./me.ts";
import { useTurnedAway } from "./session.ts";

const Own = lazy(() => import("../own/OwnShell.tsx"));

/** The login stands where the page was, so that the page is there again after it. */
export function Gate({ children }: { children: ReactNode }) {
  const out = useTurnedAway();
  const me = useMe();
  if (out || (me.error instanceof ApiError && me.error.problem.status === 401)) return <Login />;
  if (me.isPending) return <Frame />;
  if (me.data?.tenant?.kind === "customer") return <Suspense fallback={<PageSkeleton />}><Own me={me.data} /></Suspense>;
  return children;
}
