import type { Interval, MonitoringFilter, ServiceFilter, TimeRange } from '@k/shared';

export type Percentile = 'p50' | 'p95' | 'p99';

/** What the address bar says about the dashboard. */
export interface DashboardView extends MonitoringFilter {
  percentile: Percentile;
}

interface RangeChoice {
  value: TimeRange;
  label: string;
  /** As part of a sentence: "in the last 24 hours". */
  words: string;
  interval: Interval;
}

/** Intervals keep every chart under 170 points, so that one bar stays wide enough to be seen. */
export const rangeChoices: readonly RangeChoice[] = [
  { value: '1h', label: '1 h', words: 'hour', interval: '1m' },
  { value: '6h', label: '6 h', words: '6 hours', interval: '5m' },
  { value: '24h', label: '24 h', words: '24 hours', interval: '15m' },
  { value: '7d', label: '7 d', words: '7 days', interval: '1h' },
];

export const serviceChoices: readonly { value: ServiceFilter; label: string }[] = [
  { value: 'all', label: 'All' },
  { value: 'auth', label: 'Auth' },
  { value: 'payment', label: 'Payment' },
  { value: 'admin', label: 'Admin' },
];

export const percentileChoices: readonly Percentile[] = ['p50', 'p95', 'p99'];

export const defaultView: DashboardView = { range: '24h', service: 'all', percentile: 'p95' };

function pick<Value extends string>(allowed: readonly Value[], given: string | null, otherwise: Value): Value {
  return allowed.find((value) => value === given) ?? otherwise;
}

/** Anything unknown in the address falls back to the default. */
export function readView(search: URLSearchParams): DashboardView {
  return {
    range: pick(rangeChoices.map((choice) => choice.value), search.get('range'), defaultView.range),
    service: pick(serviceChoices.map((choice) => choice.value), search.get('service'), defaultView.service),
    percentile: pick(percentileChoices, search.get('percentile'), defaultView.percentile),
  };
}

/** The address with the change in it. Defaults are left out; parameters of others are kept. */
export function writeView(search: URLSearchParams, change: Partial<DashboardView>): URLSearchParams {
  const next = new URLSearchParams(search);
  const view = { ...readView(search), ...change };
  for (const key of ['range', 'service', 'percentile'] as const) {
    if (view[key] === defaultView[key]) next.delete(key);
    else next.set(key, view[key]);
  }
  return next;
}

export function findRange(range: TimeRange): RangeChoice {
  return rangeChoices.find((choice) => choice.value === range)!;
}
