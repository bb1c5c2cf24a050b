/** Which customers cost more than they pay? */

import { csvAddress } from "../api/client.ts";
import { useReport } from "../api/queries.ts";
import type { Customers as CustomersReport } from "../api/types.ts";
import { Amount } from "../figures/Amount.tsx";
import { EvidenceNote } from "../figures/Evidence.tsx";
import { Figure, Figures } from "../figures/Figure.tsx";
import { percentText } from "../format/decimal.ts";
import { Page } from "../page/Page.tsx";
import { windowPins } from "../page/previous.ts";
import { Empty } from "../page/states.tsx";
import { useView } from "../state/view.ts";
import { CustomerTable } from "./customers/CustomerTable.tsx";
import { MarginChart } from "./customers/MarginChart.tsx";

export default function Customers() {
  const { params } = useView();
  const query = useReport<CustomersReport>("/costs/customers", params);
  return (
    <Page title="Customers" question="Which customers cost more than they pay?" query={query}>
      {(report) => (report.customers.length ? <Body report={report} /> : (
        <Empty title="No customer is known yet" command={"customers: {connector: files, location: customers.csv}\nrevenue: {connector: files, location: revenue.csv}"}>
          Say in apportion.yaml where customers and revenue come from, then run <code>apportion ingest</code> and <code>apportion allocate</code>.
        </Empty>
      ))}
    </Page>
  );
}

/** Why this page's cost is less than the overview's. */
function Rest({ report }: { report: CustomersReport }) {
  const { meta } = report;
  const perspective = meta.perspective ?? "customer";
  const company = report.company?.find((row) => row.currency === (report.totals.currency ?? meta.currency));
  if (!company) return null;
  const { currency } = company;
  const target = (name: string) => ({ perspective, target: name });
  return (
    <p className="aside-note">
      Belongs to no customer: <Amount value={company.unallocated} currency={currency} label="Unallocated" why={target("(unallocated)")} /> unallocated
      and <Amount value={company.idle} currency={currency} label="Idle" why={target("(idle)")} /> idle.
      With them the company's cost is <Amount value={company.cost} currency={currency} label="The company's cost" why={windowPins(meta)} />, as on the overview.
    </p>
  );
}

function Body({ report }: { report: CustomersReport }) {
  const { params } = useView();
  const { meta, totals } = report;
  const currency = meta.currency;
  return (
    <>
      <Figures label="All customers together">
        <Figure name="Revenue" note={<span>{report.customers.length} customers</span>}><Amount display compact value={totals.revenue} currency={currency} label="Revenue" why={{ about: "revenue", of: "customers" }} /></Figure>
        <Figure name="Cost of customers" note={<span>what rules attribute to them</span>}><Amount display compact value={totals.cost} currency={currency} label="Cost" why={{ about: "loaded_margin", of: "customers" }} /></Figure>
        <Figure name="Their gross margin" note={totals.gross_margin_pct === null ? null : <><span>{percentText(totals.gross_margin_pct)} of revenue</span><EvidenceNote known={totals} currency={currency} /></>}><Amount display compact value={totals.gross_margin} currency={currency} label="Gross margin" why={{ about: "gross_margin", of: "customers" }} /></Figure>
        <Figure name="Their loaded margin" note={totals.loaded_margin_pct === null ? null : <span>{percentText(totals.loaded_margin_pct)} of revenue</span>}><Amount display compact value={totals.loaded_margin} currency={currency} label="Loaded margin" why={{ about: "loaded_margin", of: "customers" }} /></Figure>
      </Figures>
      <Rest report={report} />
      <MarginChart customers={report.customers} currency={currency} />
      <CustomerTable customers={report.customers} meta={meta} csv={csvAddress("/costs/customers", params)} />
    </>
  );
}
