/** The pages, the company and the colour scheme. */

import { useEffect, useRef } from "react";
import { Link } from "wouter";
import type { Health } from "../api/health.ts";
import { useMe } from "../access/me.ts";
import { ALERTS, type AlertList } from "../api/alerts.ts";
import { useGoingOn } from "../api/anomalies.ts";
import { useReport } from "../api/queries.ts";
import { useView } from "../state/view.ts";
import { allowed, isWithin, PLACES } from "./places.ts";
import { SchemeToggle } from "./SchemeToggle.tsx";

export function Nav({ path, inert }: { path: string; inert: boolean }) {
  const { href } = useView();
  const me = useMe().data;
  const health = useReport<Health>("/health");
  const places = PLACES.filter((place) => allowed(place, me));
  const shown = (path: string) => places.some((place) => place.path === path);
  const alerts = useReport<AlertList>(ALERTS, {}, { enabled: shown("/alerts") });
  const goingOn = useGoingOn({}, {}, shown("/anomalies"));
  const counts: Record<string, number> = { "/anomalies": goingOn.length, "/alerts": alerts.data?.alerts.length ?? 0 };
  const list = useRef<HTMLUListElement>(null);
  // On a phone the pages are a strip that scrolls sideways.
  useEffect(() => {
    list.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [path, counts["/anomalies"], counts["/alerts"]]);
  return (
    <nav className="nav" aria-label="Pages" inert={inert}>
      <p className="brand">
        <img src="/favicon.svg" width="20" height="20" alt="" />
        <span>{health.data?.company || health.data?.workspace || "Apportion"}</span>
      </p>
      <ul ref={list}>
        {places.map((place) => (
          <li key={place.path}>
            <Link href={href(place.path)} aria-current={isWithin(path, place) ? "page" : undefined}>{place.name}<Count number={counts[place.path] ?? 0} /></Link>
          </li>
        ))}
      </ul>
      <div className="nav-foot">
        <SchemeToggle />
        <span className="quieter">Apportion {health.data?.version ?? ""}</span>
      </div>
    </nav>
  );
}

/** Lists come so many at a time. */
const MOST = 100;

/** How many there are to look at; none is said by nothing. */
function Count({ number }: { number: number }) {
  return number ? <> <span className="count num" title={`${number} that ${number === 1 ? "holds" : "hold"}`}>{number < MOST ? number : `${MOST - 1}+`}<span className="sr-only"> that {number === 1 ? "holds" : "hold"}</span></span></> : null;
}
