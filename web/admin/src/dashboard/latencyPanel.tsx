import { BucketText, formatLatency, type Timeseries } from '@k/shared';
import { SegmentedControl } from '@mantine/core';
import { lazy, useMemo, useState } from 'react';
import { findPeak, toChartRows } from '../charts/chartRows';
import { latencySeries } from '../charts/latencySeries';
import { ChartFrame } from './chartFrame';
import { percentileChoices, type DashboardView, type Percentile } from './dashboardView';
import { EmptyNotice } from './emptyNotice';
import { LookSwitch, type Look } from './lookSwitch';
import { Panel } from './panel';
import type { PanelQuery } from './panelState';
import { SeriesTable } from './seriesTable';

const LatencyChart = lazy(() => import('../charts/latencyChart'));
const title = 'Latency: gateway and backend';

interface LatencyPanelProps {
  query: PanelQuery<Timeseries>;
  view: DashboardView;
  onChangeView: (change: Partial<DashboardView>) => void;
  height: number;
}

export function LatencyPanel({ query, view, onChangeView, height }: LatencyPanelProps) {
  const [look, setLook] = useState<Look>('chart');
  const rows = useMemo(() => (query.data === undefined ? [] : toChartRows(query.data)), [query.data]);
  const series = latencySeries(view.percentile);
  const hasValue = rows.some((row) => series.some((one) => (row[one.label] ?? null) !== null));
  const worst = findPeak(rows, [series[0]!.label]);
  return (
    <Panel
      name="latency"
      title={title}
      query={query}
      height={height}
      controls={
        <>
          <SegmentedControl
            size="xs"
            aria-label="Percentile"
            data={[...percentileChoices]}
            value={view.percentile}
            onChange={(percentile) => onChangeView({ percentile: percentile as Percentile })}
          />
          <LookSwitch of={title} value={look} onChange={setLook} />
        </>
      }
      summary={(data) =>
        worst !== undefined && (
          <>
            Slowest {view.percentile} at the gateway: {formatLatency(worst.value)},{' '}
            <BucketText start={new Date(worst.at)} intervalS={data.interval_s} />
          </>
        )
      }
      isEmpty={() => !hasValue}
      empty={<EmptyNotice view={view} onChangeView={onChangeView} brief />}
    >
      {(data) =>
        look === 'table' ? (
          <SeriesTable
            caption={`${title}, ${view.percentile}`}
            rows={rows}
            intervalS={data.interval_s}
            height={height}
            columns={series}
            format={formatLatency}
          />
        ) : (
          <ChartFrame
            height={height}
            legend={series.map((one) => (
              <span key={one.side} className="legend-item">
                <svg width="22" height="8" aria-hidden="true">
                  <line x1="0" x2="22" y1="4" y2="4" stroke={one.line} strokeWidth="2.5" strokeDasharray={one.dash} />
                </svg>
                {one.name} ({one.side === 'gateway' ? 'left' : 'right'} axis)
              </span>
            ))}
          >
            {(width, plotHeight) => (
              <LatencyChart
                rows={rows}
                intervalS={data.interval_s}
                percentile={view.percentile}
                width={width}
                height={plotHeight}
              />
            )}
          </ChartFrame>
        )
      }
    </Panel>
  );
}
