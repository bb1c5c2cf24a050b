/** Makes a table fit its place: what may be left out is left out, and what is still wider scrolls and says so. */

import { type RefObject, useLayoutEffect } from "react";

const STEPS = ["drops-1", "drops-2", "scrolls"];

function fit(place: HTMLElement): void {
  place.classList.remove(...STEPS);
  for (const step of STEPS) {
    if (place.scrollWidth <= place.clientWidth) break;
    place.classList.add(step);
  }
  atEnd(place);
}

/** The sign that there is more goes where there is no more. */
function atEnd(place: HTMLElement): void {
  place.classList.toggle("at-end", place.scrollLeft + place.clientWidth >= place.scrollWidth - 1);
}

export function useFit(place: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const here = place.current;
    if (!here) return;
    fit(here);
    let frame = 0;
    const anew = () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => fit(here));
    };
    const scrolled = () => atEnd(here);
    const watch = new ResizeObserver(anew);
    watch.observe(here);
    // Letters that come late make a table wider, and not its place.
    if (here.firstElementChild) watch.observe(here.firstElementChild);
    here.addEventListener("scroll", scrolled, { passive: true });
    return () => {
      cancelAnimationFrame(frame);
      watch.disconnect();
      here.removeEventListener("scroll", scrolled);
    };
  });
}
