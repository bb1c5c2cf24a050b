/** Alerts, the rules that raise them, and what was sent to whom. */

import type { Severity } from "./anomalies.ts";
import type { Decimal } from "./types.ts";

export type AlertState = "open" | "acknowledged" | "resolved";

export interface Told {
  channel: string;
  severity: Severity;
  first: string;
  last: string;
  messages: number;
  ended: boolean;
}

export interface Alert {
  alert_id: string;
  rule: string;
  key: string;
  state: AlertState;
  severity: Severity;
  title: string;
  text: string;
  dimensions: Record<string, string>;
  value: Decimal | null;
  limit: Decimal | null;
  unit: string;
  link: string;
  lines: string[];
  opened: string;
  found: string;
  resolved: string | null;
  acknowledged: string | null;
  who: string;
  muted_until: string | null;
  reason: string;
  told: Told[];
}

export interface AlertEvent {
  at: string;
  event: string;
  severity: Severity;
  channel: string;
  who: string;
  reason: string;
}

export interface OneAlert extends Alert {
  history: AlertEvent[];
}

export interface AlertList {
  headline: string;
  alerts: Alert[];
  next_cursor: string | null;
}

export interface Rule {
  name: string;
  kind: string;
  is_default: boolean;
  off: boolean;
  says: string;
  cooldown_warning: string;
  cooldown_critical: string;
  reminders: string;
  to: string[];
  evaluated: string | null;
  signals: number | null;
  open_alerts: number;
}

export interface RuleList {
  headline: string;
  rules: Rule[];
  channels: string[];
}

export type MessageState = "waiting" | "sending" | "sent" | "failed" | "uncertain" | "dropped";

export interface Message {
  message_id: string;
  channel: string;
  event: string;
  severity: string;
  title: string;
  state: MessageState;
  attempts: number;
  created: string;
  due: string;
  next_attempt: string | null;
  finished: string | null;
  last_error: string;
  alerts: string[];
}

export interface OneMessage extends Message {
  text: string;
  deliveries: { attempt: number; started: string; finished: string | null; outcome: string; said: string }[];
}

export interface MessageList {
  headline: string;
  messages: Message[];
  next_cursor: string | null;
}

export interface Channel {
  name: string;
  type: string;
  page: boolean;
  when_unclear: "repeat" | "show";
  last_sent: string | null;
  failing_since: string | null;
  rests_until: string | null;
  last_error: string;
  waiting: number;
  sent: number;
  failed: number;
  uncertain: number;
}

export interface ChannelList {
  headline: string;
  channels: Channel[];
}

export const ALERTS = "/alerts";
