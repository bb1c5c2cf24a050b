/** Which customers cost more than they pay? */

import { csvAddress } from "../api/client.ts";
import { useReport } from "../api/queries.ts";
import type { Customers as CustomersReport } from "../api/types.ts";
import { Amount } from "../figures/Amount.tsx";
import { Figure, Figures } from "../figures/Figure.tsx";
import { percentText } from "../format/decimal.ts";
import { Page } from "../page/Page.tsx";
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

function Body({ report }: { report: CustomersReport }) {
  const { params } = useView();
  const { meta, totals } = report;
  const currency = meta.currency;
  return (
    <>
      <Figures label="All customers together">
        <Figure name="Revenue" note={<span>{report.customers.length} customers</span>}><Amount display compact value={totals.revenue} currency={currency} label="Revenue" why={{ about: "revenue" }} /></Figure>
        <Figure name="Cost" note={<span>attributed to customers</span>}><Amount display compact value={totals.cost} currency={currency} label="Cost" why={{ about: "loaded_margin" }} /></Figure>
        <Figure name="Gross margin" note={totals.gross_margin_pct === null ? null : <span>{percentText(totals.gross_margin_pct)} of revenue</span>}><Amount display compact value={totals.gross_margin} currency={currency} label="Gross margin" why={{ about: "gross_margin" }} /></Figure>
        <Figure name="Loaded margin" note={totals.loaded_margin_pct === null ? null : <span>{percentText(totals.loaded_margin_pct)} of revenue</span>}><Amount display compact value={totals.loaded_margin} currency={currency} label="Loaded margin" why={{ about: "loaded_margin" }} /></Figure>
      </Figures>
      <MarginChart customers={report.customers} currency={currency} />
      <CustomerTable customers={report.customers} meta={meta} csv={csvAddress("/costs/customers", params)} />
    </>
  );
}
