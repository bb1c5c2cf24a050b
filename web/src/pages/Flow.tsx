/** Where does cost come from, and where does it go? */

import { csvAddress } from "../api/client.ts";
import type { FlowReport, Stage } from "../api/flow.ts";
import { useReport } from "../api/queries.ts";
import { Page } from "../page/Page.tsx";
import { Empty } from "../page/states.tsx";
import { useView } from "../state/view.ts";
import { Columns } from "./flow/Columns.tsx";
import { FlowControls } from "./flow/FlowControls.tsx";
import { Matrix } from "./flow/Matrix.tsx";
import { Sankey } from "./flow/Sankey.tsx";
import "./flow/flow.css";

/** Which columns bands lead from and to: to the targets first, for that is what people ask for. */
const PAIRS: [Stage, Stage][] = [["origin", "target"], ["origin", "node"], ["node", "target"], ["provider", "origin"]];

function pairsOf(report: FlowReport): [Stage, Stage][] {
  const stages = new Map(report.nodes.map((node) => [node.id, node.stage]));
  const found = new Set(report.bands.map((band) => `${stages.get(band.source)} ${stages.get(band.target)}`));
  return PAIRS.filter(([from, to]) => found.has(`${from} ${to}`));
}

export default function Flow() {
  const { params, state } = useView();
  const asked = { ...params, perspective: state["perspective"], limit: state["limit"] };
  const query = useReport<FlowReport>("/flow", asked);
  return (
    <Page title="Flow" question="Where does cost come from, and where does it go?" query={query}>
      {(report) => (
        <>
          <FlowControls report={report} />
          {report.bands.length ? (
            <>
              <Sankey report={report} />
              {pairsOf(report).map(([from, to]) => <Matrix key={`${from} ${to}`} report={report} from={from} to={to} csv={csvAddress("/flow", asked)} />)}
              <Columns report={report} csv={csvAddress("/flow", asked, "columns")} />
            </>
          ) : <Empty title="No cost flows in this window">Choose other days, or another currency.</Empty>}
        </>
      )}
    </Page>
  );
}
