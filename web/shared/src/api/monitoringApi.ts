import { adminApi, unwrap } from './apiClient';
import type { paths } from './generated/adminApi';

type Json<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } };
}
  ? Body
  : never;

export type DashboardSummary = Json<'/api/admin/monitoring/dashboard/summary'>;
export type Timeseries = Json<'/api/admin/monitoring/metrics/timeseries'>;
export type CollectorStatus = Json<'/api/admin/monitoring/collector'>;

export type TimeRange = '1h' | '6h' | '24h' | '7d';
export type ServiceFilter = 'all' | 'auth' | 'payment' | 'admin';
export type Interval = '1m' | '5m' | '15m' | '1h';

export interface MonitoringFilter {
  range: TimeRange;
  service: ServiceFilter;
}

// Only what the API knows: it refuses a parameter that it does not, and the filter may be part of something larger.
export function loadSummary({ range, service }: MonitoringFilter, signal: AbortSignal): Promise<DashboardSummary> {
  return unwrap(adminApi.GET('/api/admin/monitoring/dashboard/summary', { params: { query: { range, service } }, signal }));
}

export function loadTimeseries(
  metric: 'requests' | 'latency',
  interval: Interval,
  { range, service }: MonitoringFilter,
  signal: AbortSignal,
): Promise<Timeseries> {
  return unwrap(
    adminApi.GET('/api/admin/monitoring/metrics/timeseries', {
      params: { query: { metric, interval, range, service } },
      signal,
    }),
  );
}

export function loadCollector(signal: AbortSignal): Promise<CollectorStatus> {
  return unwrap(adminApi.GET('/api/admin/monitoring/collector', { signal }));
}
