/** Taking an alert, muting it, letting it be heard of again. */

import { useState } from "react";
import { useMay } from "../../access/me.ts";
import { type Alert, ALERTS } from "../../api/alerts.ts";
import { Asking, type Question } from "../../act/Asking.tsx";
import { alertPath } from "./AlertPages.tsx";

type Kind = "acknowledge" | "mute" | "unmute";

const SPANS = [{ value: "1", label: "an hour" }, { value: "4", label: "four hours" }, { value: "24", label: "a day" }, { value: "168", label: "a week" }, { value: "720", label: "30 days" }];

export function isMuted(alert: Alert): boolean {
  return alert.muted_until !== null && Date.parse(alert.muted_until) > Date.now();
}

function questionOf(kind: Kind, alert: Alert): Question {
  const path = `${alertPath(alert.alert_id)}/${kind}`;
  if (kind === "acknowledge") {
    return { title: `You take it: ${alert.title}`, words: "No reminders and no escalation from now on, unless it becomes worse.", verb: "Acknowledge", who: "needed", reason: "welcome", placeholder: "what is being done", sent: ({ who, reason }) => ({ path, body: { who, reason } }) };
  }
  if (kind === "unmute") return { title: `It is heard of again: ${alert.title}`, words: "From the next look of its rule on.", verb: "Unmute", who: "needed", reason: "welcome", sent: ({ who }) => ({ path, body: { who } }) };
  return {
    title: `Nobody hears of it: ${alert.title}`, words: "Also where it goes away and comes back until then. It stays in this list.", verb: "Mute", who: "needed", reason: "needed", placeholder: "a trial, agreed with sales",
    choices: { label: "For", values: SPANS },
    sent: ({ who, reason, choice }) => ({ path, body: { who, reason, until: new Date(Date.now() + Number(choice) * 3_600_000).toISOString() } }),
  };
}

export function AlertActs({ alert, bordered = false }: { alert: Alert; bordered?: boolean }) {
  const [asking, ask] = useState<Kind | null>(null);
  const may = useMay("watch");
  const look = `text-button${bordered ? " bordered" : ""}`;
  const of = `: ${alert.title}`;
  if (alert.state === "resolved" || !may) return null;
  return (
    <>
      <div className="acts">
        {alert.state === "open" ? <button type="button" className={look} onClick={() => ask("acknowledge")} aria-label={`Acknowledge${of}`}>Acknowledge</button> : null}
        {isMuted(alert)
          ? <button type="button" className={look} onClick={() => ask("unmute")} aria-label={`Unmute${of}`}>Unmute</button>
          : <button type="button" className={look} onClick={() => ask("mute")} aria-label={`Mute${of}`}>Mute …</button>}
      </div>
      {asking ? <Asking about={ALERTS} question={questionOf(asking, alert)} onClose={() => ask(null)} /> : null}
    </>
  );
}
