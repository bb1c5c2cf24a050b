/** The name of what is explained; a new level begins here, for the eye and for the keyboard. */

import { useEffect, useRef } from "react";

export function Title({ children, at }: { children: string; at: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    heading.current?.closest(".why")?.scrollTo(0, 0);
  }, [at]);
  return <h2 ref={heading} tabIndex={-1} className="why-title">{children}</h2>;
}
