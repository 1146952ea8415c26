const locale = 'en';
/** Shown where there is nothing to show: no request, so no latency. */
export const noValue = '–';

const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const threeDigits = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3, useGrouping: true });
const oneDecimal = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export function formatCount(value: number | null | undefined): string {
  return value === null || value === undefined ? noValue : whole.format(value);
}

function shorten(value: number): string {
  return Math.abs(value) < 99.95 ? oneDecimal.format(value) : whole.format(value);
}

/** 9,999 in full, then 12.3k, 1.2M. Whoever shows it gives the full number in a tooltip. */
export function formatCompact(value: number | null | undefined): string {
  if (value === null || value === undefined) return noValue;
  const size = Math.abs(value);
  if (size < 10_000) return whole.format(value);
  if (size < 999_500) return `${shorten(value / 1_000)}k`;
  if (size < 999_500_000) return `${shorten(value / 1_000_000)}M`;
  return `${shorten(value / 1_000_000_000)}G`;
}

/** Milliseconds to three significant digits, as µs below 1 ms and as s from 10 s. */
export function formatLatency(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return noValue;
  if (ms === 0) return '0 ms';
  if (ms < 0.9995) return `${threeDigits.format(ms * 1_000)} µs`;
  if (ms >= 10_000) return `${threeDigits.format(ms / 1_000)} s`;
  return `${threeDigits.format(ms)} ms`;
}

/** A ratio 0..1 as per cent; what is more than nothing never reads as 0. */
export function formatRatio(ratio: number | null | undefined): string {
  if (ratio === null || ratio === undefined) return noValue;
  const percent = ratio * 100;
  if (percent === 0) return '0%';
  if (percent < 0.01) return '<0.01%';
  if (percent < 1) return `${new Intl.NumberFormat(locale, { maximumFractionDigits: 2 }).format(percent)}%`;
  if (percent < 100) return `${new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(percent)}%`;
  return `${whole.format(percent)}%`;
}

/** A change in per cent with its sign; from 1,000 % on as a factor. */
export function formatChange(percent: number): string {
  const size = Math.abs(percent);
  if (size < 0.05) return '0%';
  const sign = percent > 0 ? '+' : '−';
  if (size >= 1_000) return `×${threeDigits.format(percent / 100 + 1)}`;
  return `${sign}${size < 10 ? oneDecimal.format(size) : whole.format(size)}%`;
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let size = bytes;
  let unit = 0;
  while (size >= 1_024 && unit < units.length - 1) {
    size /= 1_024;
    unit += 1;
  }
  return `${unit === 0 ? whole.format(size) : threeDigits.format(size)} ${units[unit]}`;
}
