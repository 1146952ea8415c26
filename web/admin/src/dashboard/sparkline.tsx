import { sparkPaths } from '../charts/sparkPaths';

/** The course of one figure without axes. Decoration: the numbers stand above it. */
export function Sparkline({ values }: { values: number[] }) {
  const { line, area } = sparkPaths(values);
  return (
    <svg className="sparkline" viewBox="0 0 100 40" preserveAspectRatio="none" aria-hidden="true" focusable="false">
      <path d={area} className="sparkline-area" />
      <path d={line} className="sparkline-line" vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
