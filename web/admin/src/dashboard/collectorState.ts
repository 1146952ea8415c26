import { formatBytes, formatSpan, type CollectorStatus, type DashboardSummary } from '@k/shared';

export interface CollectorState {
  level: 'good' | 'behind' | 'failed';
  text: string;
}

/** From here on the figures are no longer "seconds after the fact". */
const behindS = 10;

/** How far the log collector is behind the gateway, in words. */
export function describeCollector(lagS: number, collector: CollectorStatus | undefined): CollectorState {
  const bytes = collector !== undefined && collector.lag_bytes > 0 ? ` (${formatBytes(collector.lag_bytes)} unread)` : '';
  if (lagS >= behindS) {
    const failed = Boolean(collector?.last_error);
    return {
      level: failed ? 'failed' : 'behind',
      text: `Log collector ${failed ? 'stopped' : 'is'} ${formatSpan(lagS)} behind${bytes}`,
    };
  }
  return { level: 'good', text: lagS < 1 ? 'Log read to the end' : `Log read up to ${formatSpan(lagS)} ago` };
}

export function readLag(summary: DashboardSummary | undefined, collector: CollectorStatus | undefined): number | undefined {
  return collector?.lag_s ?? summary?.collector_lag_s;
}
