import type { Percentile } from '../dashboard/dashboardView';

export interface LatencySeries {
  side: 'gateway' | 'backend';
  label: string;
  name: string;
  line: string;
  /** Told apart without colour: the backend's line is dashed. */
  dash: string | undefined;
}

export function latencySeries(percentile: Percentile): LatencySeries[] {
  return [
    {
      side: 'gateway',
      label: `gateway_${percentile}_ms`,
      name: `Gateway ${percentile}`,
      line: 'var(--k-gateway)',
      dash: undefined,
    },
    {
      side: 'backend',
      label: `backend_${percentile}_ms`,
      name: `Backend ${percentile}`,
      line: 'var(--k-backend)',
      dash: '6 4',
    },
  ];
}
