import { loadCollector, loadSummary, loadTimeseries, type MonitoringFilter } from '@k/shared';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { findRange } from './dashboardView';

/** `refreshS` 0 refreshes by hand only. Polling rests while the tab is hidden (TanStack Query's default). */
function polled(refreshS: number) {
  return { refetchInterval: refreshS === 0 ? (false as const) : refreshS * 1_000, placeholderData: keepPreviousData };
}

export function summaryQuery(filter: MonitoringFilter, refreshS: number) {
  return queryOptions({
    queryKey: ['dashboard', 'summary', filter.range, filter.service],
    queryFn: ({ signal }) => loadSummary(filter, signal),
    ...polled(refreshS),
  });
}

export function timeseriesQuery(metric: 'requests' | 'latency', filter: MonitoringFilter, refreshS: number) {
  return queryOptions({
    queryKey: ['dashboard', metric, filter.range, filter.service],
    queryFn: ({ signal }) => loadTimeseries(metric, findRange(filter.range).interval, filter, signal),
    ...polled(refreshS),
  });
}

export function collectorQuery(refreshS: number) {
  return queryOptions({
    queryKey: ['dashboard', 'collector'],
    queryFn: ({ signal }) => loadCollector(signal),
    ...polled(refreshS),
  });
}
