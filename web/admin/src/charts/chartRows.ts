import type { Timeseries } from '@k/shared';

/** One bucket: its start in Unix milliseconds and each series' value; null is a gap. */
export interface ChartRow {
  at: number;
  [label: string]: number | null;
}

export function toChartRows(series: Timeseries): ChartRow[] {
  return series.labels.map((label, index) => {
    const row: ChartRow = { at: Date.parse(label) };
    for (const dataset of series.datasets) row[dataset.label] = dataset.data[index] ?? null;
    return row;
  });
}

export function sumOf(rows: readonly ChartRow[], label: string): number {
  return rows.reduce((sum, row) => sum + (row[label] ?? 0), 0);
}

/** The bucket with the greatest sum over the given series; undefined where all are empty. */
export function findPeak(rows: readonly ChartRow[], labels: readonly string[]): { at: number; value: number } | undefined {
  let peak: { at: number; value: number } | undefined;
  for (const row of rows) {
    const value = labels.reduce((sum, label) => sum + (row[label] ?? 0), 0);
    if (value > (peak?.value ?? 0)) peak = { at: row.at, value };
  }
  return peak;
}

/** Whether the point stands alone between gaps, where a line would leave it invisible. */
export function isLonePoint(rows: readonly ChartRow[], index: number, label: string): boolean {
  const at = (position: number) => rows[position]?.[label] ?? null;
  return at(index) !== null && at(index - 1) === null && at(index + 1) === null;
}

/** Rows with at least one value, newest first, for the table under a chart. */
export function toTableRows(rows: readonly ChartRow[], labels: readonly string[]): ChartRow[] {
  return rows.filter((row) => labels.some((label) => (row[label] ?? 0) !== 0)).reverse();
}
