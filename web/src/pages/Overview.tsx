/** Do we make money on what we serve? */

import { Link } from "wouter";
import { csvAddress } from "../api/client.ts";
import { useReport } from "../api/queries.ts";
import type { Overview as OverviewReport } from "../api/types.ts";
import { DailyChart } from "../charts/DailyChart.tsx";
import { Amount } from "../figures/Amount.tsx";
import { Change } from "../figures/Change.tsx";
import { EvidenceNote } from "../figures/Evidence.tsx";
import { Figure, Figures } from "../figures/Figure.tsx";
import { percentText } from "../format/decimal.ts";
import { Page } from "../page/Page.tsx";
import { previousText, windowPins } from "../page/previous.ts";
import { useView } from "../state/view.ts";
import { GoingOn } from "./anomalies/GoingOn.tsx";
import { Findings } from "./overview/Findings.tsx";
import { TopCustomers, TopTeams } from "./overview/Tops.tsx";
import { UnitCosts } from "./overview/UnitCosts.tsx";

export default function Overview() {
  const { params } = useView();
  const query = useReport<OverviewReport>("/overview", params);
  return (
    <Page title="Overview" question="Do we make money on what we serve?" query={query}>
      {(report) => <Body report={report} />}
    </Page>
  );
}

function Body({ report }: { report: OverviewReport }) {
  const { params, href } = useView();
  const { meta } = report;
  const currency = meta.currency;
  return (
    <>
      <GoingOn />
      <Figures label="Totals">
        <Figure name="Revenue" note={<Link className="link" href={href("/customers")}>{report.customers} customers</Link>}>
          <Amount display compact value={report.revenue} currency={currency} label="Revenue" why={{ about: "revenue" }} />
        </Figure>
        <Figure name="Cost" note={<><Change pct={report.cost_trend_pct} label={`against ${previousText(meta)}`} /><span title={previousText(meta)}>vs {meta.days} days before</span></>}>
          <span data-testid="total-cost"><Amount display compact value={report.cost} currency={currency} label="Cost" why={windowPins(meta)} /></span>
        </Figure>
        <Figure name="Gross margin" note={report.gross_margin_pct === null ? null : <><span>{percentText(report.gross_margin_pct)} of revenue</span><EvidenceNote known={report} currency={currency} /></>}>
          <Amount display compact value={report.gross_margin} currency={currency} label="Gross margin" why={{ about: "gross_margin" }} />
        </Figure>
        <Figure name="Loaded margin" note={report.loaded_margin_pct === null ? null : <span>{percentText(report.loaded_margin_pct)}, all cost classes</span>}>
          <Amount display compact value={report.loaded_margin} currency={currency} label="Loaded margin" why={{ about: "loaded_margin" }} />
        </Figure>
        <Figure name="Unallocated" note={report.unallocated_pct === null ? null : <Link className="link" href={href("/data")}>{percentText(report.unallocated_pct)} of cost</Link>}>
          <Amount display compact value={report.unallocated} currency={currency} label="Unallocated" why={{ perspective: meta.perspective ?? "customer", target: "(unallocated)" }} />
        </Figure>
      </Figures>
      <div className="columns wide-left">
        <DailyChart title="Daily cost against revenue" days={report.daily} meta={meta} pins={{}} height={350} csv={csvAddress("/overview", params, "daily")} />
        <Findings findings={report.findings} currency={currency} />
      </div>
      <div className="columns">
        <TopTeams report={report} csv={csvAddress("/overview", params, "by_team")} />
        <TopCustomers report={report} csv={csvAddress("/overview", params, "by_customer")} />
      </div>
      <UnitCosts />
    </>
  );
}
