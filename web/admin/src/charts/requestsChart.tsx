import { formatCompact, formatCount, formatTick, viewerZone } from '@k/shared';
import { Bar, BarChart, CartesianGrid, Tooltip, XAxis, YAxis } from 'recharts';
import type { ChartRow } from './chartRows';
import { ChartTooltip } from './chartTooltip';
import { requestLabels, requestSeries } from './requestSeries';
import { chooseTicks } from './timeTicks';

interface RequestsChartProps {
  rows: ChartRow[];
  intervalS: number;
  width: number;
  height: number;
}

const axisText = { fontSize: 12, fill: 'var(--mantine-color-dimmed)' };

export default function RequestsChart({ rows, intervalS, width, height }: RequestsChartProps) {
  const zone = viewerZone();
  const ticks = chooseTicks(
    rows.map((row) => row.at),
    zone,
    Math.max(2, Math.floor((width - 60) / 54)),
  );
  return (
    <BarChart
      width={width}
      height={height}
      data={rows}
      margin={{ top: 8, right: 22, bottom: 0, left: 0 }}
      barCategoryGap={width > 600 ? '18%' : '8%'}
      accessibilityLayer
      title="Requests over time"
    >
      <defs>
        <pattern id="rateLimitedFill" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="4" height="4" fill="var(--k-rate-limited)" />
          <rect width="1.3" height="4" fill="var(--k-rate-limited-line)" />
        </pattern>
      </defs>
      <CartesianGrid vertical={false} stroke="var(--k-grid)" />
      <XAxis
        dataKey="at"
        ticks={ticks}
        interval={0}
        tickFormatter={(at: number) => formatTick(new Date(at), zone)}
        tick={axisText}
        tickLine={{ stroke: 'var(--k-grid)' }}
        axisLine={{ stroke: 'var(--k-grid)' }}
        height={24}
      />
      <YAxis
        width={46}
        allowDecimals={false}
        tickFormatter={(value: number) => formatCompact(value)}
        tick={axisText}
        tickLine={false}
        axisLine={false}
      />
      <Tooltip
        isAnimationActive={false}
        cursor={{ fill: 'var(--k-track)' }}
        content={({ active, label }) => {
          const row = active ? rows.find((candidate) => candidate.at === label) : undefined;
          if (row === undefined) return null;
          const total = requestLabels.reduce((sum, key) => sum + (row[key] ?? 0), 0);
          return (
            <ChartTooltip
              at={row.at}
              intervalS={intervalS}
              lines={[
                ...requestSeries.toReversed().map((series) => ({
                  name: series.name,
                  color: series.fill,
                  value: formatCount(row[series.label]),
                })),
                { name: 'Total', color: 'transparent', value: formatCount(total) },
              ]}
            />
          );
        }}
      />
      {requestSeries.map((series) => (
        <Bar
          key={series.label}
          dataKey={series.label}
          name={series.name}
          stackId="requests"
          fill={series.label === 'rate_limited' ? 'url(#rateLimitedFill)' : series.fill}
          isAnimationActive={false}
          maxBarSize={28}
        />
      ))}
    </BarChart>
  );
}
