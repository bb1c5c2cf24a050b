/** One anomaly: what it cost, what was expected, what made it, who bears it. */

import { Link } from "wouter";
import { ANOMALIES, type Anomaly as OneAnomaly } from "../api/anomalies.ts";
import { csvAddress } from "../api/client.ts";
import { useReport } from "../api/queries.ts";
import { Amount } from "../figures/Amount.tsx";
import { Figure, Figures } from "../figures/Figure.tsx";
import { withCurrency } from "../format/currency.ts";
import { instantText } from "../format/dates.ts";
import { amountDigits, counted, isNegative, percentText } from "../format/decimal.ts";
import { PageBody } from "../page/Page.tsx";
import { PageSkeleton, Problem } from "../page/states.tsx";
import { useView } from "../state/view.ts";
import { SeverityTag, StateTag } from "./anomalies/marks.tsx";
import { anomalyPath } from "./anomalies/places.ts";
import { endOf, grainText, KINDS, spanText, stepText } from "./anomalies/words.ts";
import { pageName, seriesPage, whyStep } from "./anomaly/doors.ts";
import { Affected, Drivers, Levels } from "./anomaly/Made.tsx";
import { Acts, Said } from "./anomaly/Said.tsx";
import { StepsChart } from "./anomaly/StepsChart.tsx";
import "./anomalies/anomalies.css";
import "./ai/ai.css";

export default function Anomaly({ id }: { id: string }) {
  const { href } = useView();
  const path = `${ANOMALIES}/${encodeURIComponent(id)}`;
  const query = useReport<OneAnomaly>(path, {}, { keep: false });
  const one = query.data;
  return (
    <PageBody title={one?.title ?? "Anomaly"} question={<><Link className="link" href={href("/anomalies")}>Anomalies</Link> / {one ? spanText(one) : id}</>} answer={one ? sentence(one) : null}>
      {query.isError ? <Problem error={query.error} retry={() => void query.refetch()} needsRun={false} /> : one ? <Body one={one} csv={(table) => csvAddress(path, {}, table)} /> : <PageSkeleton bare />}
    </PageBody>
  );
}

function sentence(one: OneAnomaly): string {
  const less = isNegative(one.excess);
  const amount = withCurrency(amountDigits(less ? one.excess.slice(1) : one.excess), one.currency);
  const goesOn = one.state === "open" || one.state === "acknowledged";
  return `${one.title}: ${amount} ${less ? "less" : "more"} than expected${goesOn ? " so far" : ""}.`;
}

function Body({ one, csv }: { one: OneAnomaly; csv: (table: string) => string }) {
  const { href } = useView();
  const [main] = one.levels;
  const page = main ? seriesPage(one, main) : undefined;
  // The unit of usage stands below the numbers: it may be long.
  const used = one.of === "usage";
  const currency = used ? null : one.currency;
  const unit = used ? <span>{one.currency}</span> : null;
  return (
    <>
      <p className="meta below tags">
        <SeverityTag one={one} />
        <span><StateTag state={one.state} /></span>
        <span>{one.kind === "launch" && one.new_resources ? counted(one.new_resources, "new resource") : KINDS[one.kind]}</span>
        <span>{[...new Set([one.metric, one.currency])].join(", ")}, {grainText(one)}</span>
        {one.estimated ? <span className="status estimated" title="It rests on live usage; the bill replaces it">Estimated</span> : null}
        <span title={one.backfilled ? "It was over by then" : undefined}>found {instantText(one.found)}</span>
        {page ? <span><Link className="link underlined" href={href(page)}>{pageName(one)}</Link></span> : null}
        {one.same_as ? <span title="By day and by hour, live and billed: one event is told of once"><Link className="link underlined" href={href(anomalyPath(one.same_as))}>Told of first here</Link></span> : null}
      </p>
      {one.reason ? <p className="given-reason">{one.reason} <span className="quiet">is why it is {one.state}.</span></p> : null}
      <Acts one={one} />
      <div className="block">
        <Figures label="What it cost">
          <Figure name={one.grain === "D" ? "Its worst day" : "Its worst hour"} note={<>{unit}<span>{stepText(one.worst_step, one.grain, true)}</span></>}>
            <span data-testid="current"><Amount display compact value={one.current} currency={currency} label="Cost at its worst" why={main ? whyStep(one, main, one.worst_step) : undefined} to={page} /></span>
          </Figure>
          <Figure name="Expected" note={<span className="num">{amountDigits(one.lower)} – {amountDigits(one.upper)}</span>}><Amount display compact value={one.expected} currency={currency} label="Expected" /></Figure>
          <Figure name="Deviation" note={<span>from what was expected</span>}>{one.deviation_pct === null ? <span className="quieter" title="Nothing was expected">–</span> : <span className="num">{percentText(one.deviation_pct, true)}</span>}</Figure>
          <Figure name={one.state === "resolved" ? "Excess" : "Excess so far"} note={<>{unit}<span>{spanText(one)}</span></>}><span data-testid="excess"><Amount display compact value={one.excess} currency={currency} label="Excess" /></span></Figure>
          <Figure name="Lasted" note={<span>until {stepText(one.grain === "D" ? one.last_step : endOf(one.last_step, one.grain), one.grain)}</span>}><span className="figure-words">{counted(stepsOf(one), one.grain === "D" ? "day" : "hour")}</span></Figure>
        </Figures>
      </div>
      <StepsChart one={one} csv={csv("chart")} />
      <Drivers one={one} csv={csv("drivers")} />
      <div className="columns wide-left">
        <Levels one={one} csv={csv("levels")} />
        <div>
          <Affected one={one} csv={csv("affected")} />
          <Said one={one} />
        </div>
      </div>
    </>
  );
}

function stepsOf(one: OneAnomaly): number {
  return Math.round((Date.parse(endOf(one.last_step, one.grain)) - Date.parse(one.first_step)) / (one.grain === "D" ? 86_400_000 : 3_600_000));
}
