/** The frame of the dashboard without anything in it, until it is known who asks: nothing moves when the rest comes. */

import { PageSkeleton } from "../page/states.tsx";
import "./shell.css";
import "../page/page.css";

export function Frame() {
  return (
    <div className="shell">
      <div className="nav" aria-hidden="true">
        <p className="brand"><img src="/favicon.svg" width="20" height="20" alt="" /></p>
        <ul><li><span className="nav-room">&nbsp;</span></li></ul>
      </div>
      <div className="stage">
        <div className="bar" />
        <main id="content"><PageSkeleton /></main>
      </div>
    </div>
  );
}
