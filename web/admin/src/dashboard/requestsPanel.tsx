import { BucketText, formatCompact, formatCount, type CollectorStatus, type Timeseries } from '@k/shared';
import { lazy, useMemo, useState } from 'react';
import { findPeak, sumOf, toChartRows } from '../charts/chartRows';
import { requestLabels, requestSeries } from '../charts/requestSeries';
import { ChartFrame } from './chartFrame';
import type { DashboardView } from './dashboardView';
import { EmptyNotice } from './emptyNotice';
import { LookSwitch, type Look } from './lookSwitch';
import { Panel } from './panel';
import type { PanelQuery } from './panelState';
import { SeriesTable } from './seriesTable';

const RequestsChart = lazy(() => import('../charts/requestsChart'));
const title = 'Requests over time';

interface RequestsPanelProps {
  query: PanelQuery<Timeseries>;
  view: DashboardView;
  onChangeView: (change: Partial<DashboardView>) => void;
  collector: CollectorStatus | undefined;
  height: number;
}

export function RequestsPanel({ query, view, onChangeView, collector, height }: RequestsPanelProps) {
  const [look, setLook] = useState<Look>('chart');
  const rows = useMemo(() => (query.data === undefined ? [] : toChartRows(query.data)), [query.data]);
  const total = requestLabels.reduce((sum, label) => sum + sumOf(rows, label), 0);
  const peak = findPeak(rows, requestLabels);
  return (
    <Panel
      name="requests"
      title={title}
      query={query}
      height={height}
      controls={<LookSwitch of={title} value={look} onChange={setLook} />}
      summary={(data) =>
        peak !== undefined && (
          <>
            {formatCount(total)} requests; most, {formatCount(peak.value)},{' '}
            <BucketText start={new Date(peak.at)} intervalS={data.interval_s} />
          </>
        )
      }
      isEmpty={() => total === 0}
      empty={<EmptyNotice view={view} onChangeView={onChangeView} collector={collector} />}
    >
      {(data) =>
        look === 'table' ? (
          <SeriesTable
            caption={title}
            rows={rows}
            intervalS={data.interval_s}
            height={height}
            columns={[...requestSeries]}
            format={formatCount}
          />
        ) : (
          <ChartFrame
            height={height}
            legend={requestSeries.map((series) => (
              <span key={series.label} className="legend-item">
                <span className="swatch" data-series={series.label} style={{ background: series.fill }} />
                {series.name}
                <b className="k-numeric" title={formatCount(sumOf(rows, series.label))}>
                  {formatCompact(sumOf(rows, series.label))}
                </b>
              </span>
            ))}
          >
            {(width, plotHeight) => (
              <RequestsChart rows={rows} intervalS={data.interval_s} width={width} height={plotHeight} />
            )}
          </ChartFrame>
        )
      }
    </Panel>
  );
}
