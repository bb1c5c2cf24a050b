/** What a customer has used, what is left, and until when: for the customer. */

import { type ReactNode, useEffect } from "react";
import { type Entitled, entitledPath, type OwnUsage, usagePath } from "../api/own.ts";
import { useReport } from "../api/queries.ts";
import { Figure, Figures } from "../figures/Figure.tsx";
import { Meter } from "../figures/Meter.tsx";
import { creditText } from "../format/credits.ts";
import { dayText, instantText } from "../format/dates.ts";
import { percentText } from "../format/decimal.ts";
import { RowsSkeleton } from "../page/states.tsx";
import { ByFeature } from "./ByFeature.tsx";
import { Left } from "./Left.tsx";
import { Away, hasEnded, isUnknown, Unknown } from "./states.tsx";
import { UsageByDay } from "./UsageByDay.tsx";
import { answerOf, meanwhile, usedText, whenNew } from "./words.ts";
import "./own.css";

/** `ended` stands where the token does not hold any more. */
export function OwnPage({ customer, ended }: { customer: string; ended?: ReactNode }) {
  const query = useReport<OwnUsage>(usagePath(customer), {}, { keep: false });
  useEffect(() => {
    document.title = "Your usage";
  }, []);
  if (query.error && isUnknown(query.error)) return <Unknown customer={customer} />;
  if (query.error) return ended && hasEnded(query.error) ? ended : <Away retry={() => void query.refetch()} />;
  if (!query.data) return <Loading />;
  return query.data.plan === null ? <NoPlan usage={query.data} /> : <Body usage={query.data} />;
}

function Loading() {
  return <div className="page skeletons" role="status" aria-label="Loading"><i className="sk sk-question" /><i className="sk sk-answer" /><i className="sk own-sk-bar" /><RowsSkeleton rows={6} /></div>;
}

function NoPlan({ usage }: { usage: OwnUsage }) {
  return (
    <article className="page">
      <h1 className="own-said">You have no plan yet</h1>
      <p className="quiet">Once you have one, this page shows what you have used of it.</p>
      <Buy usage={usage} words="See the plans" />
    </article>
  );
}

function Buy({ usage, words }: { usage: OwnUsage; words: string }) {
  return usage.buy_url ? <p className="own-buy"><a className="text-button primary" href={usage.buy_url} target="_blank" rel="noopener noreferrer">{words}</a></p> : null;
}

function Body({ usage }: { usage: OwnUsage }) {
  const { state } = usage;
  const entitled = useReport<Entitled>(entitledPath(usage.customer), {}, { enabled: state === "over", keep: false });
  const answer = answerOf(usage);
  const note = meanwhile(usage, entitled.data);
  return (
    <article className="page">
      <header className="page-head own-head">
        <h1 tabIndex={-1}>Your usage · {usage.plan?.title}</h1>
        <p className="answer" data-testid="headline">{answer}</p>
        {isOld(usage.as_of) ? <p className="meta"><span>as of {instantText(usage.as_of)}</span></p> : null}
      </header>
      {usage.percent === null ? null : (
        <div className="own-meter">
          <Meter used={usage.percent} state={state} label={answer} />
          <p><b className={`num own-percent own-${state}`}>{percentText(usage.percent)}</b><span className="num quiet">{usedText(usage)}</span></p>
        </div>
      )}
      {note ? <p className={`own-note own-note-${state}`}>{note}</p> : null}
      <Figures label="Your usage">
        <Figure name="Used"><span className="num" title={usage.used}>{creditText(usage.used)}</span></Figure>
        {usage.unlimited ? null : <Figure name="Left" note={<span>credits you can use</span>}><span className="num" title={usage.balance}>{creditText(usage.balance)}</span></Figure>}
        <Figure name={usage.unlimited ? "New period" : "New credits"} note={<span>{dayText(usage.period_end, true)}</span>}><span className="num">{whenNew(usage)}</span></Figure>
      </Figures>
      <Buy usage={usage} words="Buy credits" />
      <UsageByDay days={usage.by_day} />
      <ByFeature rows={usage.by_feature} />
      {usage.balance_by_grant.length > 1 ? <Left rows={usage.balance_by_grant} /> : null}
    </article>
  );
}

const OLD_MS = 3_600_000;

function isOld(instant: string): boolean {
  return Date.now() - Date.parse(instant) > OLD_MS;
}
