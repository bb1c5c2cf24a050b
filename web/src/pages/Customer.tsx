/** What does it cost to serve this customer, and do we make money on them? */

import { Link } from "wouter";
import { csvAddress } from "../api/client.ts";
import { useReport } from "../api/queries.ts";
import type { CustomerReport } from "../api/types.ts";
import { DailyChart } from "../charts/DailyChart.tsx";
import { Amount } from "../figures/Amount.tsx";
import { Change } from "../figures/Change.tsx";
import { EvidenceNote } from "../figures/Evidence.tsx";
import { Figure, Figures } from "../figures/Figure.tsx";
import { percentText } from "../format/decimal.ts";
import { Page } from "../page/Page.tsx";
import { previousText } from "../page/previous.ts";
import { explainPath } from "../shell/destinations.ts";
import { useView } from "../state/view.ts";
import { GoingOn } from "./anomalies/GoingOn.tsx";
import { CustomerServices } from "./customer/CustomerServices.tsx";
import { Classes, RevenueItems, UnitTable } from "./customer/Sides.tsx";

export default function Customer({ id }: { id: string }) {
  const { params, href } = useView();
  const path = `/costs/customers/${encodeURIComponent(id)}`;
  const query = useReport<CustomerReport>(path, params);
  const name = query.data?.customer.customer_name ?? id;
  return (
    <Page title={name} question={<><Link className="link" href={href("/customers")}>Customers</Link> / {name}</>} query={query}>
      {(report) => <Body report={report} csv={(table) => csvAddress(path, params, table)} />}
    </Page>
  );
}

function Body({ report, csv }: { report: CustomerReport; csv: (table: string) => string }) {
  const { href } = useView();
  const { customer, meta } = report;
  const { currency, customer_id: id } = customer;
  const pins = { perspective: "customer", target: id };
  return (
    <>
      <GoingOn of={{ customer: id }} />
      <Figures label={`Totals of ${customer.customer_name}`}>
        <Figure name="Revenue" note={<span>{customer.plan}{customer.status && customer.status !== "active" ? `, ${customer.status}` : ""}</span>}><Amount display compact value={customer.revenue} currency={currency} label="Revenue" why={{ about: "revenue", customer: id }} /></Figure>
        <Figure name="Cost" note={<><Change pct={customer.cost_trend_pct} label={`against ${previousText(meta)}`} /><span title={previousText(meta)}>vs {meta.days} days before</span><Link className="link underlined" href={href(explainPath("customer", id))}>Why, as a tree</Link></>}>
          <span data-testid="total-cost"><Amount display compact value={customer.cost} currency={currency} label="Cost" why={pins} /></span>
        </Figure>
        <Figure name="Gross margin" note={customer.gross_margin_pct === null ? <span>no revenue</span> : <><span>{percentText(customer.gross_margin_pct)} of revenue</span><EvidenceNote known={customer} currency={currency} /></>}><Amount display compact value={customer.gross_margin} currency={currency} label="Gross margin" why={{ about: "gross_margin", customer: id }} /></Figure>
        <Figure name="Loaded margin" note={customer.loaded_margin_pct === null ? null : <><span>{percentText(customer.loaded_margin_pct)}, all cost classes</span></>}><Amount display compact value={customer.loaded_margin} currency={currency} label="Loaded margin" why={{ about: "loaded_margin", customer: id }} /></Figure>
      </Figures>
      <DailyChart title="Daily cost against revenue" days={report.daily} meta={{ ...meta, currency }} pins={pins} csv={csv("daily")} />
      <div className="columns wide-left">
        <CustomerServices report={report} csv={csv("by_service")} />
        <div>
          <RevenueItems report={report} csv={csv("revenue_items")} />
          <Classes report={report} csv={csv("by_cost_class")} />
          <UnitTable units={report.units} currency={currency} pins={pins} csv={csv("units")} />
        </div>
      </div>
    </>
  );
}
