/** The frame around every page: navigation, the header, the page, and the "why" panel at its right. */

import { useMediaQuery } from "@mantine/hooks";
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from "react";
import { useLocation } from "wouter";
import { Guard } from "../page/Guard.tsx";
import { writeWalk } from "../state/why.ts";
import { useDoor } from "../state/door.ts";
import { Finder } from "./Finder.tsx";
import { Header } from "./Header.tsx";
import { Nav } from "./Nav.tsx";
import { useShortcuts } from "./shortcuts.ts";
import "./shell.css";
import "../page/page.css";
import "../figures/figures.css";
import "../table/table.css";
import "../charts/charts.css";

const loadWhy = () => import("../why/WhyPanel.tsx");
const WhyPanel = lazy(loadWhy);

/** A new page starts at its top, with the focus on its question. */
function useArrival(path: string): void {
  const first = useRef(true);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    window.scrollTo(0, 0);
    document.querySelector<HTMLElement>("main")?.focus({ preventScroll: true });
  }, [path]);
}

export function Shell({ children }: { children: ReactNode }) {
  const [path] = useLocation();
  const { walk } = useDoor();
  const [finding, setFinding] = useState(false);
  useArrival(path);
  // The first door should open at once: the panel comes while the page is being read.
  useEffect(() => {
    const timer = setTimeout(() => void loadWhy(), 800);
    return () => clearTimeout(timer);
  }, []);
  useShortcuts(() => setFinding(true));
  const asking = walk.length > 0;
  // On a phone the panel covers the page, which then must not take the focus.
  const covered = useMediaQuery("(max-width: 720px)") && asking;
  return (
    <div className={`shell${asking ? " asking" : ""}`}>
      <a className="skip" href="#content">Skip to the figures</a>
      <Nav path={path} inert={covered} />
      <div className="stage" inert={covered}>
        <Header onFind={() => setFinding(true)} />
        <main id="content" tabIndex={-1}><Guard name="This page" at={path}>{children}</Guard></main>
      </div>
      {asking ? <Guard name="The reason" at={writeWalk(walk)}><Suspense fallback={null}><WhyPanel /></Suspense></Guard> : null}
      {finding ? <Finder onClose={() => setFinding(false)} /> : null}
    </div>
  );
}
