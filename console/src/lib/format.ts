/** Dates, durations and numbers, for reading. The server's dates look like `2026-11-21T06:32:55.225+0000`. */

const locale = 'en-GB';

export function parseDate(value: string): Date {
  // The offset has no colon in Camunda's form; not every engine of JavaScript reads that.
  return new Date(value.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
}

/** The only form of a date the server reads. */
export function toEngineDate(date: Date): string {
  return date.toISOString().replace('Z', '+0000');
}

const full = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });
const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' });
const dayOfYear = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' });

export const formatDateTime = (date: Date): string => full.format(date);
export const formatClock = (date: Date): string => clock.format(date);

const steps: [limit: number, size: number, unit: Intl.RelativeTimeFormatUnit][] = [
  [60_000, 1000, 'second'],
  [3_600_000, 60_000, 'minute'],
  [86_400_000, 3_600_000, 'hour'],
  [7 * 86_400_000, 86_400_000, 'day'],
];
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' });

/** "5 min. ago" while that is easier to read than a date. */
export function formatRelative(date: Date, now: Date = new Date()): string {
  const delta = date.getTime() - now.getTime();
  const size = Math.abs(delta);
  if (size < 5000) return 'just now';
  for (const [limit, unit, name] of steps) {
    if (size < limit) return relative.format(Math.round(delta / unit), name);
  }
  return date.getFullYear() === now.getFullYear() ? day.format(date) : dayOfYear.format(date);
}

const durationUnits: [string, number][] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
];

/** The two largest units: "2 d 3 h", "4 min 10 s", "320 ms". */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  const parts: string[] = [];
  let rest = ms;
  for (const [name, size] of durationUnits) {
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    if (amount > 0) parts.push(`${amount} ${name}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(' ');
}

const integer = new Intl.NumberFormat(locale);
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

export const formatNumber = (value: number): string => integer.format(value);
/** For badges, where there is room for four characters. */
export const formatCompact = (value: number): string =>
  value < 1000 ? String(value) : compact.format(value);

export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** What a person calls a definition. */
export function definitionLabel(definition: { name: string | null; key: string }): string {
  return definition.name || definition.key;
}

/** Camunda reports words like `noneEndEvent` or `EXTERNALLY_TERMINATED`. */
export function humanize(word: string): string {
  const spaced = word
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .toLowerCase();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
