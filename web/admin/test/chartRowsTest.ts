import { describe, expect, it } from 'vitest';
import { findPeak, isLonePoint, sumOf, toChartRows, toTableRows } from '../src/charts/chartRows';
import { sparkPaths } from '../src/charts/sparkPaths';
import { chooseTicks } from '../src/charts/timeTicks';

const series = {
  metric: 'requests' as const,
  from: '2026-02-03T10:00:00.000Z',
  to: '2026-02-03T10:04:00.000Z',
  interval_s: 60,
  labels: ['10:00', '10:01', '10:02', '10:03'].map((clock) => `2026-02-03T${clock}:00.000Z`),
  datasets: [
    { label: 'success', data: [0, 5, null, 2] },
    { label: 'client_error', data: [0, 1, null] },
  ],
};

describe('buckets', () => {
  const rows = toChartRows(series);

  it('become one row each; gaps and short series are null', () => {
    expect(rows).toHaveLength(4);
    expect(rows[1]).toEqual({ at: Date.parse('2026-02-03T10:01:00Z'), success: 5, client_error: 1 });
    expect(rows[3]).toMatchObject({ success: 2, client_error: null });
  });

  it('are summed and have a peak', () => {
    expect(sumOf(rows, 'success')).toBe(7);
    expect(findPeak(rows, ['success', 'client_error'])).toEqual({ at: rows[1]!.at, value: 6 });
    expect(findPeak([], ['success'])).toBeUndefined();
  });

  it('become a table without empty times, newest first', () => {
    expect(toTableRows(rows, ['success', 'client_error']).map((row) => row.at)).toEqual([rows[3]!.at, rows[1]!.at]);
  });

  it('know a point between gaps', () => {
    expect(isLonePoint(rows, 3, 'success')).toBe(true);
    expect(isLonePoint(rows, 1, 'success')).toBe(false);
    expect(isLonePoint(rows, 2, 'success')).toBe(false);
  });
});

describe('time ticks', () => {
  const hours = (from: string, count: number) =>
    Array.from({ length: count }, (_, index) => Date.parse(from) + index * 3_600_000);
  const clocks = (ticks: number[]) => ticks.map((tick) => new Date(tick).toISOString().slice(11, 16));

  it('fall on round hours of the viewer, not more than fit', () => {
    expect(clocks(chooseTicks(hours('2026-02-03T05:00:00Z', 24), 'UTC', 5))).toEqual(['06:00', '12:00', '18:00', '00:00']);
    expect(clocks(chooseTicks(hours('2026-02-03T05:00:00Z', 24), 'Asia/Jakarta', 2))).toEqual(['05:00', '17:00']);
  });

  it('work in zones that are half an hour off', () => {
    expect(chooseTicks(hours('2026-02-03T05:00:00Z', 24), 'Asia/Kolkata', 5).length).toBe(4);
  });

  it('never are more than allowed', () => {
    expect(chooseTicks(hours('2026-02-01T00:00:00Z', 168), 'UTC', 3).length).toBeLessThanOrEqual(3);
  });
});

describe('sparkline', () => {
  it('draws nothing without values and stays in its box', () => {
    expect(sparkPaths([])).toEqual({ line: '', area: '' });
    expect(sparkPaths([0, 10]).line).toBe('M0.00,38.00L100.00,2.00');
  });
});
