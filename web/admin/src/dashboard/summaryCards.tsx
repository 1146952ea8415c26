import { ErrorNotice, formatCompact, formatCount, formatLatency, formatRatio } from '@k/shared';
import type { DashboardSummary, TimeRange } from '@k/shared';
import { findRange } from './dashboardView';
import { readPanelState, type PanelQuery } from './panelState';
import { StatCard } from './statCard';

interface SummaryCardsProps {
  query: PanelQuery<DashboardSummary>;
  range: TimeRange;
}

type FigureKey = 'total_requests' | 'error_rate' | 'rate_limited' | 'avg_latency_ms' | 'p95_latency_ms';

interface CardKind {
  key: FigureKey;
  title: string;
  format: (value: number) => string;
  formatFull: (value: number) => string;
  /** Whether more of it is worse; for plain traffic it is neither. */
  moreIsWorse: boolean;
  note: (data: DashboardSummary) => string;
  /** Without requests there is no rate and no latency. */
  needsRequests: boolean;
}

const cards: readonly CardKind[] = [
  {
    key: 'total_requests',
    title: 'Total requests',
    format: formatCompact,
    formatFull: formatCount,
    moreIsWorse: false,
    note: (data) => `from ${formatCompact(data.unique_ips)} ${data.unique_ips === 1 ? 'address' : 'addresses'}`,
    needsRequests: false,
  },
  {
    key: 'error_rate',
    title: 'Error rate',
    format: formatRatio,
    formatFull: formatRatio,
    moreIsWorse: true,
    note: (data) => `${formatCompact(data.server_errors)} server errors`,
    needsRequests: true,
  },
  {
    key: 'rate_limited',
    title: 'Rate limited',
    format: formatCompact,
    formatFull: formatCount,
    moreIsWorse: true,
    note: (data) => `${formatCount(data.rate_limit_violations)} violations`,
    needsRequests: false,
  },
  {
    key: 'avg_latency_ms',
    title: 'Average latency',
    format: formatLatency,
    formatFull: formatLatency,
    moreIsWorse: true,
    note: () => 'at the gateway',
    needsRequests: true,
  },
  {
    key: 'p95_latency_ms',
    title: 'p95 latency',
    format: formatLatency,
    formatFull: formatLatency,
    moreIsWorse: true,
    note: () => '95% were faster',
    needsRequests: true,
  },
];

export function SummaryCards({ query, range }: SummaryCardsProps) {
  const state = readPanelState(query, () => false);
  const data = state === 'failed' ? undefined : query.data;
  const words = findRange(range).words;
  return (
    <section
      aria-label={`Key figures of the last ${words}`}
      aria-busy={state === 'loading' || state === 'switching'}
      data-testid="cards"
      data-state={state}
      data-from={data?.from}
      data-to={data?.to}
    >
      {state === 'failed' ? (
        <div className="k-panel cards-failed">
          <ErrorNotice
            title="The key figures could not be loaded"
            cause={query.error}
            onRetry={() => void query.refetch()}
            retrying={query.isFetching}
          />
        </div>
      ) : (
        <div className="cards" data-dimmed={state === 'switching' || undefined}>
          {cards.map((card) => {
            const figure = data?.[card.key];
            const known = figure !== undefined && (!card.needsRequests || (data?.total_requests.value ?? 0) > 0);
            return (
              <StatCard
                key={card.key}
                name={card.key}
                title={card.title}
                loading={data === undefined}
                value={known ? card.format(figure.value) : undefined}
                fullValue={known ? card.formatFull(figure.value) : undefined}
                note={data === undefined ? '' : card.note(data)}
                changePct={known ? (figure.change_pct ?? null) : null}
                changeWords={`than the ${words} before`}
                moreIsWorse={card.moreIsWorse}
                spark={figure?.spark ?? []}
              />
            );
          })}
        </div>
      )}
    </section>
  );
}
