import { formatLatency, formatTick, viewerZone } from '@k/shared';
import { CartesianGrid, Line, LineChart, Tooltip, XAxis, YAxis } from 'recharts';
import type { Percentile } from '../dashboard/dashboardView';
import { isLonePoint, type ChartRow } from './chartRows';
import { ChartTooltip } from './chartTooltip';
import { latencySeries } from './latencySeries';
import { chooseTicks } from './timeTicks';

interface LatencyChartProps {
  rows: ChartRow[];
  intervalS: number;
  percentile: Percentile;
  width: number;
  height: number;
}

interface DotProps {
  cx?: number;
  cy?: number;
  index?: number;
}

const axisText = { fontSize: 12 };

export default function LatencyChart({ rows, intervalS, percentile, width, height }: LatencyChartProps) {
  const zone = viewerZone();
  const series = latencySeries(percentile);
  const ticks = chooseTicks(
    rows.map((row) => row.at),
    zone,
    Math.max(2, Math.floor((width - 120) / 54)),
  );
  return (
    <LineChart
      width={width}
      height={height}
      data={rows}
      margin={{ top: 8, right: 0, bottom: 0, left: 0 }}
      accessibilityLayer
      title="Latency over time"
    >
      <CartesianGrid vertical={false} stroke="var(--k-grid)" />
      <XAxis
        dataKey="at"
        ticks={ticks}
        interval={0}
        tickFormatter={(at: number) => formatTick(new Date(at), zone)}
        tick={{ ...axisText, fill: 'var(--mantine-color-dimmed)' }}
        tickLine={{ stroke: 'var(--k-grid)' }}
        axisLine={{ stroke: 'var(--k-grid)' }}
        height={24}
      />
      {series.map((one) => (
        <YAxis
          key={one.side}
          yAxisId={one.side}
          orientation={one.side === 'gateway' ? 'left' : 'right'}
          width={60}
          domain={[0, 'auto']}
          tickFormatter={(value: number) => formatLatency(value)}
          tick={{ ...axisText, fill: one.line }}
          tickLine={false}
          axisLine={false}
        />
      ))}
      <Tooltip
        isAnimationActive={false}
        cursor={{ stroke: 'var(--mantine-color-dimmed)', strokeDasharray: '3 3' }}
        content={({ active, label }) => {
          const row = active ? rows.find((candidate) => candidate.at === label) : undefined;
          if (row === undefined) return null;
          return (
            <ChartTooltip
              at={row.at}
              intervalS={intervalS}
              lines={series.map((one) => ({ name: one.name, color: one.line, value: formatLatency(row[one.label]) }))}
            />
          );
        }}
      />
      {series.map((one) => (
        <Line
          key={one.label}
          yAxisId={one.side}
          dataKey={one.label}
          name={one.name}
          stroke={one.line}
          strokeWidth={2}
          strokeDasharray={one.dash}
          type="linear"
          connectNulls={false}
          isAnimationActive={false}
          activeDot={{ r: 4 }}
          dot={({ cx, cy, index }: DotProps) =>
            index !== undefined && isLonePoint(rows, index, one.label) ? (
              <circle key={index} cx={cx} cy={cy} r={2.5} fill={one.line} />
            ) : (
              <g key={index} />
            )
          }
        />
      ))}
    </LineChart>
  );
}
