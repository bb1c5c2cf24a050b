/** A customer's own page inside another page: no navigation, no login, one customer. */

import { useEffect, useReducer } from "react";
import type { Me } from "../api/access.ts";
import { useReport } from "../api/queries.ts";
import { ME } from "../access/me.ts";
import { Guard } from "../page/Guard.tsx";
import { PageSkeleton } from "../page/states.tsx";
import { holdsToken, onNewToken } from "./embedding.ts";
import { OwnPage } from "./OwnPage.tsx";
import { Away, Ended, hasEnded } from "./states.tsx";
import "../page/page.css";
import "../figures/figures.css";
import "../table/table.css";
import "../charts/charts.css";
import "./own.css";

export function Embedded() {
  const [given, again] = useReducer((times: number) => times + 1, 0);
  useEffect(() => {
    document.title = "Your usage";
    return onNewToken(again);
  }, []);
  return <main id="content" className="own embedded"><Guard name="This page" at={String(given)}>{holdsToken() ? <Known key={given} /> : <Ended />}</Guard></main>;
}

function Known() {
  const me = useReport<Me>(ME, {}, { keep: false });
  if (me.error) return hasEnded(me.error) ? <Ended /> : <Away retry={() => void me.refetch()} />;
  if (!me.data) return <PageSkeleton />;
  return me.data.tenant?.kind === "customer" ? <OwnPage customer={me.data.tenant.name} ended={<Ended />} /> : <Ended />;
}
