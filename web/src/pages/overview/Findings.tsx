/** What someone should look at, worst first. */

import { Link } from "wouter";
import type { Finding } from "../../api/types.ts";
import { Amount } from "../../figures/Amount.tsx";
import { useView } from "../../state/view.ts";
import { walkFromAddress } from "../../state/why.ts";

export function Findings({ findings, currency }: { findings: Finding[]; currency: string | null }) {
  return (
    <section className="block">
      <div className="toolbar"><h2>Worth a look</h2></div>
      {findings.length ? (
        <ul className="findings">{findings.map((finding, index) => <Item key={index} finding={finding} currency={currency} />)}</ul>
      ) : <p className="quiet">Nothing stands out in this window.</p>}
    </section>
  );
}

/** Pages of the dashboard are linked; an address of the API opens its explanation. */
function Item({ finding, currency }: { finding: Finding; currency: string | null }) {
  const { href } = useView();
  const { link } = finding;
  const explains = link?.startsWith("/api/v1/explain") ?? false;
  const page = link && !explains && !link.startsWith("/api/") ? link : undefined;
  return (
    <li>
      <div className="finding-head">
        {page ? <Link className="link" href={href(page)}>{finding.title}</Link> : <span>{finding.title}</span>}
        {finding.amount === null ? null : (
          <Amount value={finding.amount} currency={currency} label={finding.title} why={explains && link ? walkFromAddress(link) : undefined} to={page} />
        )}
      </div>
      {finding.detail ? <p>{finding.detail}</p> : null}
    </li>
  );
}
