/** The way between keys, people and the audit log, as far as one may go. */

import { Link } from "wouter";
import { useMe } from "../../access/me.ts";
import { ACCESS_PLACES, allowed } from "../../shell/places.ts";
import { useView } from "../../state/view.ts";
import "../ai/ai.css";
import "../anomalies/anomalies.css";
import "./access.css";

export function AccessPages({ at }: { at: string }) {
  const { href } = useView();
  const me = useMe().data;
  return (
    <nav className="ai-pages" aria-label="Access pages">
      {ACCESS_PLACES.filter((page) => allowed(page, me)).map((page) => <Link key={page.path} className="text-button" href={href(page.path)} aria-current={page.path === at ? "page" : undefined}>{page.name}</Link>)}
    </nav>
  );
}
