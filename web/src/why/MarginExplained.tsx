/** A margin and the amounts it comes from, each of them a door; all of them as the API gives them. */

import { Link } from "wouter";
import { useReport } from "../api/queries.ts";
import type { CustomerReport, Customers, Known, Margin, Meta, Overview } from "../api/types.ts";
import { Amount } from "../figures/Amount.tsx";
import { percentText } from "../format/decimal.ts";
import { MetaLine } from "../page/MetaLine.tsx";
import { windowPins } from "../page/previous.ts";
import { Problem, RowsSkeleton } from "../page/states.tsx";
import { customerPath } from "../shell/destinations.ts";
import { useView } from "../state/view.ts";
import { Title } from "./Title.tsx";
import type { Pins } from "../state/why.ts";

const KINDS = ["direct", "measured", "assumed"] as const;
const KIND_NAMES = { direct: "direct: it carries the name", measured: "measured: split by use", assumed: "assumed: a rule says so" };
const TITLES: Record<string, string> = { revenue: "Revenue", gross_margin: "Gross margin", loaded_margin: "Loaded margin" };

interface MarginExplainedProps {
  about: string;
  customer: string | undefined;
  /** "customers" where only cost attributed to customers counts; the company as a whole otherwise. */
  of: string | undefined;
}

export function MarginExplained({ about, customer, of }: MarginExplainedProps) {
  if (customer) return <OfCustomer about={about} id={customer} />;
  return of === "customers" ? <OfAll about={about} /> : <OfCompany about={about} />;
}

function OfCompany({ about }: { about: string }) {
  const { params, href } = useView();
  const query = useReport<Overview>("/overview", params);
  if (query.isError) return <div className="why-body"><Problem error={query.error} /></div>;
  if (!query.data) return <div className="why-body"><RowsSkeleton rows={7} /></div>;
  const { meta } = query.data;
  return (
    <Statement title={`${TITLES[about] ?? about} of the company`} about={about} margin={query.data} meta={meta} currency={meta.currency} pins={windowPins(meta)}>
      <tr><td colSpan={2}><Link className="link" href={href("/customers", { "customers.sort": about === "revenue" ? "-revenue" : about })}>Customer by customer</Link></td></tr>
    </Statement>
  );
}

function OfCustomer({ about, id }: { about: string; id: string }) {
  const { params, href } = useView();
  const query = useReport<CustomerReport>(`/costs/customers/${encodeURIComponent(id)}`, params);
  if (query.isError) return <div className="why-body"><Problem error={query.error} /></div>;
  if (!query.data) return <div className="why-body"><RowsSkeleton rows={7} /></div>;
  const { customer, meta, revenue_items: items } = query.data;
  const currency = customer.currency;
  return (
    <Statement title={`${TITLES[about] ?? about} of ${customer.customer_name}`} about={about} margin={customer} meta={meta} currency={currency} pins={{ perspective: "customer", target: id }}>
      {items.map((item, index) => (
        <tr key={index} className="under"><th scope="row">{item.description || item.kind}<span className="sub">{item.kind.replaceAll("_", " ")}</span></th><td className="right"><Amount bare value={item.amount} currency={currency} label={item.description} /></td></tr>
      ))}
      <tr><td colSpan={2}><Link className="link" href={href(customerPath(id))}>All about {customer.customer_name}</Link></td></tr>
    </Statement>
  );
}

function OfAll({ about }: { about: string }) {
  const { params, href } = useView();
  const query = useReport<Customers>("/costs/customers", params);
  if (query.isError) return <div className="why-body"><Problem error={query.error} /></div>;
  if (!query.data) return <div className="why-body"><RowsSkeleton rows={7} /></div>;
  const { totals, meta } = query.data;
  return (
    <Statement title={`${TITLES[about] ?? about} of customers`} about={about} margin={totals} meta={meta} currency={meta.currency}>
      <tr><td colSpan={2}><Link className="link" href={href("/customers", { "customers.sort": about === "revenue" ? "-revenue" : about })}>Customer by customer</Link></td></tr>
    </Statement>
  );
}

interface StatementProps {
  title: string;
  about: string;
  margin: Margin & Known;
  meta: Meta;
  currency: string | null;
  /** Where the walk down to the cost starts; none where only the customers' own walks say it. */
  pins?: Pins;
  children: React.ReactNode;
}

function Statement({ title, about, margin, meta, currency, pins, children }: StatementProps) {
  const value = { revenue: margin.revenue, gross_margin: margin.gross_margin, loaded_margin: margin.loaded_margin }[about] ?? margin.gross_margin;
  const line = (name: string, amount: string, why?: Pins, note?: string, total = false) => (
    <tr className={total ? "total" : ""}>
      <th scope="row">{name}{note ? <span className="sub">{note}</span> : null}</th>
      <td className="right"><Amount bare value={amount} currency={currency} label={name} why={why ? [why] : undefined} /></td>
    </tr>
  );
  const margins = about !== "revenue";
  return (
    <div className="why-body">
      <Title at={title}>{title}</Title>
      <p className="why-amount" data-testid="why-amount"><Amount value={value} currency={currency} label={title} display /></p>
      <MetaLine meta={meta} />
      <table className="table parts">
        <thead><tr><th scope="col">What it comes from</th><th scope="col" className="right">Amount<span className="unit">{currency}</span></th></tr></thead>
        <tbody>
          {line("Revenue", margin.revenue)}
          {margins ? line("− Cost of revenue", margin.cost_of_revenue, pins && { ...pins, cost_class: "cost_of_revenue" }, "what serving customers costs; staging and overhead are not in it") : null}
          {margins ? line("= Gross margin", margin.gross_margin, undefined, margin.gross_margin_pct ? `${percentText(margin.gross_margin_pct)} of revenue` : undefined, true) : null}
          {margins ? line("Cost of every class", margin.cost, pins, "revenue less this is the loaded margin") : null}
          {margins ? KINDS.map((kind) => <tr key={kind} className="under"><th scope="row">{KIND_NAMES[kind]}<span className="sub">{margin[`${kind}_pct`] === null ? "" : `${percentText(margin[`${kind}_pct`])} of it`}</span></th><td className="right"><Amount bare value={margin[kind]} currency={currency} label={KIND_NAMES[kind]} why={pins?.["perspective"] ? [{ ...pins, evidence: kind }] : undefined} /></td></tr>) : null}
          {margins ? line("= Loaded margin", margin.loaded_margin, undefined, margin.loaded_margin_pct ? `${percentText(margin.loaded_margin_pct)} of revenue` : undefined, true) : null}
          {children}
        </tbody>
      </table>
    </div>
  );
}
