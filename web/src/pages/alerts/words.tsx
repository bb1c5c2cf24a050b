/** Alerts and messages in words: severities, states, events, values with their unit. */

import type { MessageState } from "../../api/alerts.ts";
import { withCurrency } from "../../format/currency.ts";
import { amountDigits, percentText, quantityText } from "../../format/decimal.ts";
import { Mark } from "../anomalies/marks.tsx";

export function Severe({ severity }: { severity: string }) {
  return <span className="with-mark"><Mark one={{ kind: "rise", severity: severity === "critical" ? "critical" : "warning" }} />{severity}</span>;
}

/** "percent" or "days" as they are said, an amount of a currency otherwise. */
export function valueWithUnit(value: string | null, unit: string): string {
  if (value === null) return "\u2013";
  if (unit === "percent") return percentText(value);
  if (/^[A-Z]{3}$/.test(unit)) return withCurrency(amountDigits(value), unit);
  return `${quantityText(value)} ${unit}`.trim();
}

const EVENTS: Record<string, string> = {
  opened: "found", worse: "became worse", eased: "eased", resolved: "over", acknowledged: "acknowledged", muted: "muted", unmuted: "unmuted",
  told_opened: "told", told_worse: "told that it became worse", told_reminder: "reminded", told_escalated: "escalated", told_resolved: "told that it is over",
  reminder: "reminder", escalated: "escalated", test: "test",
};

export function eventText(event: string): string {
  return EVENTS[event] ?? event.replaceAll("_", " ");
}

const STATES: Record<MessageState, { tone: string; words: string }> = {
  waiting: { tone: "", words: "It waits for its time, or to be tried again" },
  sending: { tone: "", words: "It is on its way" },
  sent: { tone: " good", words: "The receiver took it" },
  failed: { tone: " bad", words: "Nothing more is tried by itself" },
  uncertain: { tone: " warn", words: "It may have arrived: the receiver never said so" },
  dropped: { tone: "", words: "Its channel is no longer in apportion.yaml" },
};

export function MessageStateTag({ state }: { state: MessageState }) {
  const known = STATES[state];
  return <span className={`tag${known.tone}`} title={known.words}>{state}</span>;
}

/** What can be sent once more: only what ended without having arrived for sure. */
export function isOver(state: MessageState): boolean {
  return state === "failed" || state === "uncertain" || state === "dropped";
}
