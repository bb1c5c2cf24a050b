/** What people say of an anomaly, and saying it: seen to, expected, over, or open after all. */

import { useState } from "react";
import { Only } from "../../access/Only.tsx";
import { ANOMALIES, type Anomaly, type AnomalyState } from "../../api/anomalies.ts";
import { Asking, type Question } from "../../act/Asking.tsx";
import { instantText } from "../../format/dates.ts";
import { StateTag } from "../anomalies/marks.tsx";

interface Act {
  state: AnomalyState;
  label: string;
  /** States from which it can be said. */
  from: AnomalyState[];
  question: Omit<Question, "sent" | "who">;
}

const ACTS: Act[] = [
  { state: "acknowledged", label: "Acknowledge", from: ["open"], question: { title: "You have seen it", words: "It stays among those that go on, and others see that somebody looks at it.", verb: "Acknowledge", reason: "welcome" } },
  { state: "expected", label: "Expected …", from: ["open", "acknowledged", "resolved"], question: { title: "It is expected", words: "This mutes its like: when the same series does this again, by up to one and a half times as much, it is expected for the same reason and nobody is told.", verb: "It is expected", reason: "needed", placeholder: "load test, agreed with the platform team" } },
  { state: "resolved", label: "Resolved", from: ["open", "acknowledged", "expected"], question: { title: "It is over", words: "If the same begins again, it is a new anomaly.", verb: "It is resolved", reason: "welcome", placeholder: "concurrency is limited again" } },
  { state: "open", label: "Reopen", from: ["acknowledged", "expected", "resolved"], question: { title: "It is open after all", words: "Its like is muted no more, and it is among those that go on.", verb: "Reopen", reason: "welcome" } },
];

export function Acts({ one }: { one: Anomaly }) {
  const [asking, ask] = useState<Act | null>(null);
  const path = `${ANOMALIES}/${encodeURIComponent(one.incident_id)}/state`;
  return (
    <Only scope="watch">
      <div className="acts" role="group" aria-label="What is it?">
        {ACTS.filter((act) => act.from.includes(one.state)).map((act) => <button key={act.state} type="button" className="text-button bordered" onClick={() => ask(act)}>{act.label}</button>)}
      </div>
      {asking ? (
        <Asking
          about={ANOMALIES} onClose={() => ask(null)}
          question={{ ...asking.question, who: "welcome", sent: ({ who, reason }) => ({ path, body: { state: asking.state, reason, who } }) }}
        />
      ) : null}
    </Only>
  );
}

export function Said({ one }: { one: Anomaly }) {
  const said = [...one.said].reverse();
  return (
    <section className="block">
      <div className="toolbar"><h2>What people said</h2></div>
      {said.length ? (
        <ol className="said">
          {said.map((word) => <li key={word.at}><StateTag state={word.state} /> {word.reason}<span className="sub">{word.who || "somebody"}, {instantText(word.at)}</span></li>)}
        </ol>
      ) : <p className="quiet">Nobody has said anything yet.{one.backfilled ? " It was over when it was first looked for, so nobody was told." : ""}</p>}
    </section>
  );
}
