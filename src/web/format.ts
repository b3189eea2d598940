import { DateTime } from 'luxon';
import { moneyText } from './money.js';

/** Formatters the views use, bound to a team's time zone and a person's language. All take epoch or length in milliseconds. */
export interface Format {
  /** `16:05:09` */
  clock(at: number): string;
  /** `2026-11-22` */
  date(at: number): string;
  /** `2026-11-22 16:05:09` */
  dateTime(at: number): string;
  /** `星期日`, `Sunday` */
  weekday(at: number): string;
  /** `03:42`, `1:03:42`: what desk.js ticks on. */
  timer(millis: number): string;
  /** `00:03:42`: sums in lists. */
  length(millis: number): string;
  /** `12,345` */
  count(n: number): string;
  /** `94.2%`; 100 only where nothing is missing. */
  percent(value: number): string;
  /** Grouped for reading: `139 0412 7788`; copies must come from the raw number. */
  phone(number: string): string;
  /** `¥1,234.56`, in English `CN¥1,234.56`; the amount in the smallest unit of the currency (an ISO 4217 code). */
  money(amount: number, currency: string): string;
}

/**
 * Formatters for one request.
 * @param timeZone IANA name of the team's zone (never the server's)
 * @param lang language of the person
 */
export function makeFormat(timeZone: string, lang: string): Format {
  const at = (millis: number) => DateTime.fromMillis(millis, { zone: timeZone }).setLocale(lang);
  return {
    clock: (millis) => at(millis).toFormat('HH:mm:ss'),
    date: (millis) => at(millis).toFormat('yyyy-MM-dd'),
    dateTime: (millis) => at(millis).toFormat('yyyy-MM-dd HH:mm:ss'),
    weekday: (millis) => at(millis).toFormat('cccc'),
    timer,
    length,
    percent: (value) => `${(Math.floor(value * 10) / 10).toFixed(1)}%`,
    count: (n) => n.toLocaleString('en'),
    phone: groupPhone,
    money: (amount, currency) => moneyText(amount, currency, lang),
  };
}

const two = (n: number) => (n < 10 ? `0${n}` : String(n));

function parts(millis: number): [number, number, number] {
  const seconds = Math.max(0, Math.floor(millis / 1000));
  return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
}

function timer(millis: number): string {
  const [h, m, s] = parts(millis);
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${two(m)}:${two(s)}`;
}

function length(millis: number): string {
  return parts(millis).map(two).join(':');
}

/** Groups as people in China read them: mobiles 3-4-4, area code then 4-4, 400 numbers 3-3-4; others of seven and more in fours from the right. */
function groupPhone(number: string): string {
  if (!/^\+?\d{7,}$/.test(number)) return number;
  const shape =
    /^(\+86)?(1\d{2})(\d{4})(\d{4})$/.exec(number) ??
    /^()([48]00)(\d{3})(\d{3,4})$/.exec(number) ??
    /^()(010|02\d|0[3-9]\d{2})(\d{3,4})(\d{4})$/.exec(number);
  if (shape) return shape.slice(1).filter(Boolean).join(' ');
  return number.replace(/\d(?=(?:\d{4})+$)/g, '$& ');
}
