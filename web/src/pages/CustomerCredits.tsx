/** One customer's plan and credits: what came in, what was used of it, and changing either for a reason. */

import { useState } from "react";
import { Link } from "wouter";
import { Only } from "../access/Only.tsx";
import { creditsPath, type OneCredits } from "../api/credits.ts";
import { csvAddress } from "../api/client.ts";
import { useReport } from "../api/queries.ts";
import { Figure, Figures } from "../figures/Figure.tsx";
import { Meter } from "../figures/Meter.tsx";
import { instantText } from "../format/dates.ts";
import { counted, percentText } from "../format/decimal.ts";
import { PageBody } from "../page/Page.tsx";
import { PageSkeleton, Problem } from "../page/states.tsx";
import { customerPath } from "../shell/destinations.ts";
import { useView } from "../state/view.ts";
import { type Act, CreditForm } from "./credits/CreditForms.tsx";
import { Grants } from "./credits/Grants.tsx";
import { Ledger } from "./credits/Ledger.tsx";
import { Subscriptions } from "./credits/Subscriptions.tsx";
import { beyondNow, Credits, CreditStateTag, planText, standingText } from "./credits/words.tsx";
import "./budgets/budgets.css";
import "./anomalies/anomalies.css";

export default function CustomerCredits({ customer }: { customer: string }) {
  const { href, state } = useView();
  const path = creditsPath(customer);
  const at = state["at"];
  const query = useReport<OneCredits>(path, { at }, { keep: false });
  const one = query.data;
  return (
    <PageBody title={one?.name || customer} question={<><Link className="link" href={href("/credits")}>Plans and credits</Link> / {one?.name || customer}</>} answer={one ? standingText(one) : null}>
      {query.isError ? <Problem error={query.error} retry={() => void query.refetch()} needsRun={false} /> : one ? <Body one={one} path={path} at={at} /> : <PageSkeleton bare />}
    </PageBody>
  );
}

function Body({ one, path, at }: { one: OneCredits; path: string; at: string | undefined }) {
  const { href } = useView();
  return (
    <>
      <p className="meta below tags">
        <CreditStateTag row={one} />
        {one.plan === null ? null : <span>{planText(one)}</span>}
        {one.over === null ? null : <span>{beyondNow(one.over)}</span>}
        {one.as_of ? <span title="The newest use ends there, or it was asked for">as of {instantText(one.as_of)}</span> : null}
        {one.contact ? <span><span className="quieter">told:</span> {one.contact}</span> : null}
        <span><Link className="link underlined" href={href(customerPath(one.customer))}>What they cost and pay</Link></span>
      </p>
      {one.percent === null ? null : (
        <div className="budget-head">
          <Meter used={one.percent} state={one.state} label={`${percentText(one.percent)} of what the plan includes is used`} />
          <p><b className={`num budget-percent is-${one.state}`}>{percentText(one.percent)}</b><span className="quiet">new credits {instantText(one.resets_at)}</span></p>
        </div>
      )}
      <Figures label="Credits">
        <Figure name="Used" note={<span>in this period</span>}><Credits value={one.used} /></Figure>
        <Figure name="Included" note={<span>in the plan</span>}>{one.included === null ? <span className="figure-words">no limit</span> : <Credits value={one.included} />}</Figure>
        {one.unlimited ? null : <Figure name="Left" note={<span>of all grants</span>}><Credits value={one.balance} /></Figure>}
      </Figures>
      <Only scope="credits"><Acts one={one} /></Only>
      {one.uncounted ? <p className="aside-note">{counted(one.uncounted, "operation")} of this period took no credits yet: nobody knows what they cost.</p> : null}
      <Grants customer={one.customer} rows={one.grants} csv={csvAddress(path, { at }, "grants")} />
      <Ledger path={path} at={at} />
      {one.subscriptions.length ? <Subscriptions rows={one.subscriptions} csv={csvAddress(path, { at }, "subscriptions")} /> : null}
    </>
  );
}

const ACTS: { act: Act; label: string }[] = [
  { act: "promotion", label: "Grant credits …" }, { act: "top_up", label: "Top up …" }, { act: "refund", label: "Refund …" }, { act: "plan", label: "Change plan …" },
];

function Acts({ one }: { one: OneCredits }) {
  const [acting, act] = useState<Act | null>(null);
  return (
    <>
      <p className="acts budget-acts">{ACTS.map(({ act: how, label }) => <button key={how} type="button" className="text-button bordered" onClick={() => act(how)}>{label}</button>)}</p>
      {acting ? <CreditForm act={acting} one={one} onClose={() => act(null)} /> : null}
    </>
  );
}
