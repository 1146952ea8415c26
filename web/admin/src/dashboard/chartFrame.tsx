import { Skeleton } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { Suspense, type ReactNode } from 'react';

interface ChartFrameProps {
  height: number;
  legend: ReactNode;
  children: (width: number, height: number) => ReactNode;
}

/** In pixels; on narrow screens the legend takes two lines. */
const legendHeights = { wide: 28, narrow: 52, narrowBelow: 480 };

/** Measures the room for a chart and keeps it while the chart's code is on its way. */
export function ChartFrame({ height, legend, children }: ChartFrameProps) {
  const { ref, width } = useElementSize();
  const legendHeight = width > 0 && width < legendHeights.narrowBelow ? legendHeights.narrow : legendHeights.wide;
  const plotHeight = height - legendHeight;
  return (
    <div ref={ref} className="chartFrame">
      <div className="legend" style={{ minHeight: legendHeight }}>
        {legend}
      </div>
      <Suspense fallback={<Skeleton height={plotHeight} radius="sm" />}>
        {width > 0 ? children(width, plotHeight) : <Skeleton height={plotHeight} radius="sm" />}
      </Suspense>
    </div>
  );
}
