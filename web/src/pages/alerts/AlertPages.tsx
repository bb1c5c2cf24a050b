/** The way between alerts, their rules and what was sent. */

import { Link } from "wouter";
import { ALERT_PLACES } from "../../shell/places.ts";
import { useView } from "../../state/view.ts";
import "../ai/ai.css";
import "../anomalies/anomalies.css";
import "./alerts.css";

export function AlertPages({ at }: { at: string }) {
  const { href } = useView();
  return (
    <nav className="ai-pages" aria-label="Alert pages">
      {ALERT_PLACES.map((page) => <Link key={page.path} className="text-button" href={href(page.path)} aria-current={page.path === at ? "page" : undefined}>{page.name}</Link>)}
    </nav>
  );
}

export function alertPath(id: string): string {
  return `/alerts/${encodeURIComponent(id)}`;
}
