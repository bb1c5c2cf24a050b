/** What did each run of the allocation compute? */

import { Link } from "wouter";
import { csvAddress } from "../api/client.ts";
import { useReport } from "../api/queries.ts";
import type { Run } from "../api/runs.ts";
import { instantText } from "../format/dates.ts";
import { counted } from "../format/decimal.ts";
import { PageBody } from "../page/Page.tsx";
import { FirstSteps, PageSkeleton, Problem } from "../page/states.tsx";
import { useView } from "../state/view.ts";
import { RunTable } from "./runs/RunTable.tsx";
import "./runs/runs.css";

export default function Runs() {
  const { href } = useView();
  const query = useReport<{ runs: Run[] }>("/runs");
  const runs = query.data?.runs;
  return (
    <PageBody title="Runs" question="What did each run of the allocation compute?" answer={runs ? sentence(runs) : null}>
      {query.isError ? <Problem error={query.error} retry={() => void query.refetch()} /> : !runs ? <PageSkeleton bare /> : runs.length === 0 ? <FirstSteps /> : (
        <>
          <p className="aside-note">
            A run keeps the rules and the versions of the data that it was made from. <Link className="link underlined" href={href("/runs/plan")}>What would a run change now?</Link>
          </p>
          <RunTable runs={runs} csv={csvAddress("/runs")} />
        </>
      )}
    </PageBody>
  );
}

function sentence(runs: Run[]): string {
  const standing = runs.find((run) => run.standing) ?? runs[0];
  return standing ? `${counted(runs.length, "run")}; the results of ${instantText(standing.finished_at)} stand.` : "No run yet.";
}
