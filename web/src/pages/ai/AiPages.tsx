/** The way from one AI page to the others, with what is asked of. */

import { Link } from "wouter";
import { AI_PLACES } from "../../shell/places.ts";
import { useAsked } from "./asked.ts";

export function AiPages({ at }: { at: string }) {
  const { pins, to } = useAsked();
  return (
    <nav className="ai-pages" aria-label="AI pages">
      {AI_PLACES.map((page) => <Link key={page.path} className="text-button" href={to(page.path, pins)} aria-current={page.path === at ? "page" : undefined}>{page.name}</Link>)}
    </nav>
  );
}
