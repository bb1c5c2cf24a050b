/** Why is this not the number in the provider's console? */

import { Link } from "wouter";
import { type BridgeReport, ofBill } from "../api/bills.ts";
import { csvAddress, type Params } from "../api/client.ts";
import type { LoadList } from "../api/health.ts";
import { useReport } from "../api/queries.ts";
import { Amount } from "../figures/Amount.tsx";
import { Figure, Figures } from "../figures/Figure.tsx";
import { instantText } from "../format/dates.ts";
import { isZero } from "../format/decimal.ts";
import { PageBody } from "../page/Page.tsx";
import { Empty, PageSkeleton, Problem } from "../page/states.tsx";
import { useView } from "../state/view.ts";
import { BridgeControls } from "./bridge/BridgeControls.tsx";
import { Accounts, Invoices, Parts } from "./bridge/Sides.tsx";
import { Lines } from "./bridge/Lines.tsx";
import { Steps } from "./bridge/Steps.tsx";
import { Waterfall } from "./bridge/Waterfall.tsx";
import { standingPeriods, useBridgeParams } from "./bridge/asked.ts";

const QUESTION = "Why is this not the number in the provider's console?";

export default function Bridge() {
  const { state } = useView();
  const loads = useReport<LoadList>("/loads", { kind: "bill" });
  const known = standingPeriods(loads.data?.loads ?? []);
  const asked = useBridgeParams(known);
  const query = useReport<BridgeReport>("/bridge", asked, { enabled: Boolean(asked["source"]) });
  const report = query.data;
  const bill = report?.bridges.find((one) => one.currency === state["currency"]) ?? report?.bridges[0];
  if (loads.data && known.length === 0) {
    return (
      <PageBody title="Bridge" question={QUESTION} answer={null}>
        <Empty title="No bill is loaded yet" command="apportion ingest focus PATH --source NAME">A bridge leads from the provider's console to the invoice, once there is a bill.</Empty>
      </PageBody>
    );
  }
  const error = loads.error ?? query.error;
  return (
    <PageBody title="Bridge" question={QUESTION} busy={query.isPlaceholderData} answer={report && bill && !error ? (report.bridges.length > 1 ? bill.headline : report.headline) : null}>
      {known.length ? <BridgeControls known={known} asked={asked} /> : null}
      {error ? <Problem error={error} retry={() => { void loads.refetch(); void query.refetch(); }} /> : report && bill ? (
        <Body report={report} at={report.bridges.indexOf(bill)} asked={asked} csv={(table) => csvAddress("/bridge", asked, table)} />
      ) : <PageSkeleton bare />}
    </PageBody>
  );
}

function Body({ report, at, asked, csv }: { report: BridgeReport; at: number; asked: Params; csv: (table: string) => string }) {
  const { href } = useView();
  const bill = report.bridges[at];
  if (!bill) return null;
  const { currency } = bill;
  const steps = ofBill(report.steps, bill);
  return (
    <>
      <p className="meta bridge-meta">
        <span>{currency}</span><span>connector {bill.connector}</span>
        <span>loaded <Link className="link" href={href(`/data/loads/${encodeURIComponent(bill.load_id)}`)}>{instantText(bill.loaded_at)}</Link></span>
        {bill.state === "unknown" ? null : <span className={`status ${bill.state}`}>{bill.state === "final" ? "Final" : "Estimated"}</span>}
      </p>
      <Figures label="From the console to the report">
        <Figure name={steps[0]?.label ?? "Console"}><span data-testid="console"><Amount display compact value={bill.console} currency={currency} label="Console" /></span></Figure>
        <Figure name="BilledCost" note={<span>what is invoiced</span>}><span data-testid="billed"><Amount display compact value={bill.BilledCost} currency={currency} label="BilledCost" /></span></Figure>
        <Figure name="EffectiveCost" note={<span>what is reported</span>}><span data-testid="effective"><Amount display compact value={bill.EffectiveCost} currency={currency} label="EffectiveCost" /></span></Figure>
        {isZero(bill.hidden) && report.without.length === 0 ? null : <Figure name="Hidden by choice" note={<span>of BilledCost</span>}><Amount display compact value={bill.hidden} currency={currency} label="Hidden" /></Figure>}
      </Figures>
      {bill.notes.length ? <ul className="bridge-notes">{bill.notes.map((note) => <li key={note}>{note}</li>)}</ul> : null}
      <Waterfall steps={steps} currency={currency} />
      <div className="calm">
        <Steps steps={steps} currency={currency} csv={csv("steps")} />
        <Lines lines={ofBill(report.lines, bill)} steps={steps} currency={currency} csv={csv("lines")} asked={{ ...asked, currency }} />
        <div className="columns wide-left">
          <Parts parts={ofBill(report.parts, bill)} currency={currency} csv={csv("parts")} />
          <Invoices invoices={ofBill(report.invoices, bill)} bill={bill} csv={csv("invoices")} />
        </div>
      </div>
      {bill.account === null ? <Accounts accounts={ofBill(report.accounts, bill)} currency={currency} csv={csv("accounts")} /> : null}
    </>
  );
}
