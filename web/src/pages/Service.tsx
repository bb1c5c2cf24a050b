/** What drives the cost of this service? */

import { Link } from "wouter";
import { csvAddress } from "../api/client.ts";
import { useReport } from "../api/queries.ts";
import type { ServiceReport } from "../api/types.ts";
import { DailyChart } from "../charts/DailyChart.tsx";
import { Amount } from "../figures/Amount.tsx";
import { Change } from "../figures/Change.tsx";
import { Figure, Figures } from "../figures/Figure.tsx";
import { counted, roundDecimal } from "../format/decimal.ts";
import { Page } from "../page/Page.tsx";
import { previousText } from "../page/previous.ts";
import { teamPath } from "../shell/destinations.ts";
import { useView } from "../state/view.ts";
import { GoingOn } from "./anomalies/GoingOn.tsx";
import { UnitTable } from "./customer/Sides.tsx";
import { Drivers, ServiceCustomers, ServiceEnvironments } from "./services/Sides.tsx";

export default function Service({ name }: { name: string }) {
  const { params, href } = useView();
  const path = `/costs/services/${encodeURIComponent(name)}`;
  const query = useReport<ServiceReport>(path, params);
  return (
    <Page title={name} question={<><Link className="link" href={href("/services")}>Services</Link> / {name}</>} query={query}>
      {(report) => <Body report={report} csv={(table) => csvAddress(path, params, table)} />}
    </Page>
  );
}

function Body({ report, csv }: { report: ServiceReport; csv: (table: string) => string }) {
  const { href } = useView();
  const { service, meta } = report;
  const { currency } = service;
  const pins = { service: service.service };
  return (
    <>
      <GoingOn of={{ service: service.service }} />
      <Figures label={`Totals of ${service.service}`}>
        <Figure name="Cost" note={<><Change pct={service.cost_trend_pct} label={`against ${previousText(meta)}`} /><span title={previousText(meta)}>vs {meta.days} days before</span></>}>
          <span data-testid="total-cost"><Amount display compact value={service.cost} currency={currency} label="Cost" why={pins} /></span>
        </Figure>
        <Figure name="Per day" note={<span>over {meta.days_covered ?? meta.days} days</span>}><Amount display compact value={service.daily_average} currency={currency} label="Cost a day" why={pins} /></Figure>
        <Figure name="Per request" note={service.requests === null ? <span>no requests measured</span> : <span>{counted(roundDecimal(service.requests, 0), "request")}</span>}><Amount unit value={service.cost_per_request} currency={currency} label="Cost per request" why={pins} /></Figure>
        <Figure name="Per customer" note={<span>{counted(service.customers, "customer")} use it</span>}><Amount display compact value={service.cost_per_customer} currency={currency} label="Cost per customer" why={pins} /></Figure>
        <Figure name="Owned by" note={<span>team</span>}><Link className="link" href={href(teamPath(service.team))}>{service.team}</Link></Figure>
      </Figures>
      <DailyChart title="Daily cost" days={report.daily} meta={{ ...meta, currency }} pins={pins} csv={csv("daily")} />
      <div className="columns">
        <div>
          <Drivers report={report} csv={csv("drivers")} />
          <ServiceEnvironments report={report} csv={csv("by_environment")} />
        </div>
        <div>
          <ServiceCustomers report={report} csv={csv("by_customer")} />
          <UnitTable units={report.units} currency={currency} pins={pins} csv={csv("units")} />
        </div>
      </div>
    </>
  );
}
