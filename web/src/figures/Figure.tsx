/** The large figures at the top of a page, in one strip. */

import type { ReactNode } from "react";

export function Figures({ label, children }: { label: string; children: ReactNode }) {
  return <dl className="figures" aria-label={label}>{children}</dl>;
}

export function Figure({ name, children, note }: { name: string; children: ReactNode; note?: ReactNode }) {
  return (
    <div className="figure">
      <dt>{name}</dt>
      <dd className="figure-amount">{children}</dd>
      {note ? <dd className="figure-note">{note}</dd> : null}
    </div>
  );
}
