/** A customer's own page inside another page: no navigation, no login, one customer. */

import { useEffect, useReducer } from "react";
import type { Me } from "../api/access.ts";
import { ApiError } from "../api/client.ts";
import { useReport } from "../api/queries.ts";
import { ME } from "../access/me.ts";
import { Guard } from "../page/Guard.tsx";
import { PageSkeleton } from "../page/states.tsx";
import { holdsToken, onNewToken } from "./embedding.ts";
import { OwnPage } from "./OwnPage.tsx";
import "../page/page.css";
import "../figures/figures.css";
import "../table/table.css";
import "../charts/charts.css";
import "./own.css";

export function Embedded() {
  const [given, again] = useReducer((times: number) => times + 1, 0);
  useEffect(() => onNewToken(again), []);
  return <main id="content" className="own embedded"><Guard name="This page" at={String(given)}>{holdsToken() ? <Known key={given} /> : <Ended />}</Guard></main>;
}

function Known() {
  const me = useReport<Me>(ME, {}, { keep: false });
  if (me.error) return hasEnded(me.error) ? <Ended /> : <Away retry={() => void me.refetch()} />;
  if (!me.data) return <PageSkeleton />;
  return me.data.tenant?.kind === "customer" ? <OwnPage customer={me.data.tenant.name} ended={<Ended />} /> : <Ended />;
}

export function hasEnded(error: Error): boolean {
  return error instanceof ApiError && (error.problem.status === 401 || error.problem.status === 403);
}

/** Whoever embeds the page gives a new token each time it is opened. */
function Ended() {
  return (
    <div className="page" role="alert">
      <h1 className="own-said">This link has ended</h1>
      <p className="quiet">Links to this page hold for a few minutes. Load the page that you came from again, or ask for a new link.</p>
    </div>
  );
}

function Away({ retry }: { retry: () => void }) {
  return (
    <div className="page" role="alert">
      <h1 className="own-said">Your usage cannot be shown now</h1>
      <p className="quiet">Nothing is lost: it is counted all the same.</p>
      <p><button type="button" className="text-button bordered" onClick={retry}>Try again</button></p>
    </div>
  );
}
