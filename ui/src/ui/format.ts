/** Figures and times as the page writes them. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `42 s`, `4 min`, `3 h`, `2 d`. */
export function duration(ms: number): string {
  const positive = Math.max(0, ms);
  if (positive < MINUTE) return `${Math.floor(positive / 1000)} s`;
  if (positive < HOUR) return `${Math.floor(positive / MINUTE)} min`;
  if (positive < DAY) return `${Math.floor(positive / HOUR)} h`;
  return `${Math.floor(positive / DAY)} d`;
}

export function ago(at: string, now: number): string {
  const age = now - Date.parse(at);
  return age < 5_000 ? "just now" : `${duration(age)} ago`;
}

const clockTime = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const dayAndTime = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });
const dateOnly = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });

/** `10:42` today, `3 Nov 10:42` before. */
export function moment(at: string, now: number): string {
  const date = new Date(at);
  return date.toDateString() === new Date(now).toDateString()
    ? clockTime.format(date)
    : dayAndTime.format(date);
}

export const fullMoment = (at: string) => full.format(new Date(at));
export const day = (at: string) => dateOnly.format(new Date(at));

const dollars = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

export const money = (usd: number) => (usd > 0 && usd < 0.01 ? "< $0.01" : dollars.format(usd));
export const count = (value: number) => compact.format(value);
export const plural = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;
