const locale = 'en-GB';

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = zone + JSON.stringify(options);
  let found = formatters.get(key);
  if (found === undefined) {
    found = new Intl.DateTimeFormat(locale, { ...options, timeZone: zone, hourCycle: 'h23' });
    formatters.set(key, found);
  }
  return found;
}

export function viewerZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}

/** "Europe/Berlin (GMT+1)"; UTC is just "UTC". */
export function nameZone(zone: string, at: Date): string {
  const parts = formatter(zone, { timeZoneName: 'shortOffset' }).formatToParts(at);
  const offset = parts.find((part) => part.type === 'timeZoneName')?.value ?? '';
  if (zone === 'UTC' || zone === 'Etc/UTC') return 'UTC';
  return `${zone.replaceAll('_', ' ')} (${offset})`;
}

/** 14:05:09 */
export function formatClock(at: Date, zone: string): string {
  return formatter(zone, { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(at);
}

/** 21 Nov 2026, 14:05:09 */
export function formatMoment(at: Date, zone: string): string {
  return formatter(zone, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).format(at);
}

/** 2026-11-21 14:05:09 UTC, for what is shown on hover. */
export function formatUtc(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** Start and end of a bucket: "Sat 21 Nov, 14:05–14:10". */
export function formatBucket(start: Date, intervalS: number, zone: string): string {
  const day = formatter(zone, { weekday: 'short', day: 'numeric', month: 'short' }).format(start);
  const clock = formatter(zone, { hour: '2-digit', minute: '2-digit' });
  const end = new Date(start.getTime() + intervalS * 1_000);
  return `${day}, ${clock.format(start)}–${clock.format(end)}`;
}

/** A label on a time axis: the date at midnight, else the clock. */
export function formatTick(at: Date, zone: string): string {
  const clock = formatter(zone, { hour: '2-digit', minute: '2-digit' }).format(at);
  return clock === '00:00' ? formatter(zone, { day: 'numeric', month: 'short' }).format(at) : clock;
}

/** Minutes since midnight in the zone. */
export function minuteOfDay(at: Date, zone: string): number {
  const parts = formatter(zone, { hour: '2-digit', minute: '2-digit' }).formatToParts(at);
  const read = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0);
  return read('hour') * 60 + read('minute');
}

/** 5 s, 3 min, 2 h, 4 days */
export function formatSpan(seconds: number): string {
  if (seconds < 10 && seconds > 0 && !Number.isInteger(seconds)) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}
