/** The way from one AI page to the others, with what is asked of. */

import { Link } from "wouter";
import { useMe } from "../../access/me.ts";
import { AI_PLACES, allowed } from "../../shell/places.ts";
import { useAsked } from "./asked.ts";

export function AiPages({ at }: { at: string }) {
  const { pins, to } = useAsked();
  const me = useMe().data;
  return (
    <nav className="ai-pages" aria-label="AI pages">
      {AI_PLACES.filter((page) => allowed(page, me)).map((page) => <Link key={page.path} className="text-button" href={to(page.path, pins)} aria-current={page.path === at ? "page" : undefined}>{page.name}</Link>)}
    </nav>
  );
}
