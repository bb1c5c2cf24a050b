/** Days and windows in words. A day is "2026-10-31" and stays UTC; windows are half-open. */

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const LONG = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const DAY_MS = 86_400_000;

function split(day: string): [number, number, number] {
  const [year = 0, month = 1, date = 1] = day.slice(0, 10).split("-").map(Number);
  return [year, month, date];
}

export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}

export function addDays(day: string, days: number): string {
  const [year, month, date] = split(day);
  return new Date(Date.UTC(year, month - 1, date) + days * DAY_MS).toISOString().slice(0, 10);
}

/** "31 Oct", or "31 Oct 2026" with the year. */
export function dayText(day: string, withYear = false): string {
  const [year, month, date] = split(day);
  return `${date} ${MONTHS[month - 1] ?? ""}${withYear ? ` ${year}` : ""}`;
}

export function monthText(month: string): string {
  const [year, number] = split(`${month}-01`);
  return `${LONG[number - 1] ?? month} ${year}`;
}

export function weekdayOf(day: string): string {
  const [year, month, date] = split(day);
  return ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][new Date(Date.UTC(year, month - 1, date)).getUTCDay()] ?? "";
}

/** A half-open window in inclusive words: from 2026-10-02 to 2026-11-01 is "2 – 31 Oct 2026". */
export function rangeText(from: string, to: string): string {
  const last = addDays(to, -1);
  if (last === from) return dayText(from, true);
  const [sameYear, sameMonth] = [from.slice(0, 4) === last.slice(0, 4), from.slice(0, 7) === last.slice(0, 7)];
  const start = sameMonth ? String(split(from)[2]) : dayText(from, !sameYear);
  return `${start} \u2013 ${dayText(last, true)}`;
}

/** What a period of a grain is called: a day, the week of a day, a month, an hour. */
export function periodText(period: string, grain: string): string {
  if (grain === "month") return monthText(period.slice(0, 7));
  if (grain === "week") return `week of ${dayText(period)}`;
  if (grain === "hour") return `${dayText(period)} ${period.slice(11, 16)}`;
  return dayText(period);
}

/** "1 Nov 2026, 04:12 UTC" */
export function instantText(instant: string): string {
  const time = /T(\d{2}:\d{2})/.exec(instant)?.[1];
  return `${dayText(instant, true)}${time ? `, ${time} UTC` : ""}`;
}

/** The day that it is at an instant in a time zone: "2026-11-01". */
export function dayIn(instant: string, zone: string): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(new Date(instant));
}

/** The setting of the window in words, before an answer has come: "30d", "2026-09", "a..b". */
export function windowText(window: string): string {
  const days = /^(\d+)d$/.exec(window);
  if (days) return `Last ${days[1]} days`;
  if (/^\d{4}-\d{2}$/.test(window)) return monthText(window);
  const [from, to] = window.split("..");
  return from && to && isDay(from) && isDay(to) ? rangeText(from, to) : window;
}
