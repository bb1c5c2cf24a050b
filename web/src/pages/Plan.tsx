/** Whose cost would an allocation move now, and by how much? */

import { Link } from "wouter";
import { csvAddress } from "../api/client.ts";
import { useReport } from "../api/queries.ts";
import type { Changes } from "../api/runs.ts";
import { PageBody } from "../page/Page.tsx";
import { Command, Problem, RowsSkeleton } from "../page/states.tsx";
import { useView } from "../state/view.ts";
import { Difference } from "./runs/Difference.tsx";
import "./runs/runs.css";

export default function Plan() {
  const { state, href } = useView();
  const asked = { metric: state["metric"] };
  const query = useReport<Changes>("/plan", asked, { keep: false });
  const plan = query.data;
  return (
    <PageBody title="Plan" question={<><Link className="link" href={href("/runs")}>Runs</Link> / What would a run change now?</>} answer={plan ? plan.headline : query.isError ? null : "Working it out, with the rules and the data of now."}>
      {query.isError ? <Problem error={query.error} retry={() => void query.refetch()} /> : plan ? (
        <>
          <Difference changes={plan} standing="before" csv={(table) => csvAddress("/plan", asked, table)} />
          {plan.changed ? <section className="block"><div className="toolbar"><h2>Apply it</h2></div><p className="quiet">Nothing is changed until someone runs:</p><Command>apportion allocate</Command></section> : null}
        </>
      ) : (
        <div className="block" role="status" aria-label="Planning"><p className="quiet">This takes as long as an allocation. Nothing is written.</p><RowsSkeleton rows={8} /></div>
      )}
    </PageBody>
  );
}
