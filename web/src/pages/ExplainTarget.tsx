/** Why does this cost what it costs? The tree from the number down to lines of a bill, opened level by level. */

import { Link } from "wouter";
import { csvAddress } from "../api/client.ts";
import { useDimensions, useReport } from "../api/queries.ts";
import type { Explanation } from "../api/questions.ts";
import { Page } from "../page/Page.tsx";
import { customerPath } from "../shell/destinations.ts";
import { useView } from "../state/view.ts";
import { Tree } from "./explain/Tree.tsx";
import "./explain/explain.css";

interface ExplainProps {
  /** A perspective, or the dimension that one attributes to. */
  of: string;
  id: string;
}

export default function ExplainTarget({ of, id }: ExplainProps) {
  const { params, href } = useView();
  const known = useDimensions().data?.perspectives;
  const perspective = (known?.find((one) => one.name === of) ?? known?.find((one) => one.to === of))?.name ?? (known ? of : undefined);
  const pins = { perspective, target: id };
  const asked = { ...params, ...pins };
  const query = useReport<Explanation>("/explain", asked, { enabled: Boolean(perspective), keep: false });
  const name = query.data?.node.title ?? id;
  return (
    <Page
      title={`Why ${name}`} query={query} answer={(report) => report.sentence}
      question={of === "customer" ? <><Link className="link" href={href("/customers")}>Customers</Link> / <Link className="link" href={href(customerPath(id))}>{name}</Link> / Why this cost?</> : <>{name} / Why this cost?</>}
    >
      {(report) => <Tree root={report} pins={{ perspective: perspective ?? of, target: id }} csv={csvAddress("/explain", asked)} />}
    </Page>
  );
}
