import type { DashboardSummary } from '@k/shared';
import { Cell, Pie, PieChart } from 'recharts';
import { serviceColor } from './serviceColors';

interface ServiceChartProps {
  services: DashboardSummary['services'];
  size: number;
}

/** The pie itself; names and numbers stand in the list beside it, which is also what a screen reader reads. */
export default function ServiceChart({ services, size }: ServiceChartProps) {
  return (
    <div aria-hidden="true">
      <PieChart width={size} height={size} accessibilityLayer={false}>
        <Pie
          data={services}
          dataKey="requests"
          nameKey="service"
          innerRadius="62%"
          outerRadius="98%"
          startAngle={90}
          endAngle={-270}
          stroke="var(--mantine-color-body)"
          strokeWidth={2}
          isAnimationActive={false}
          rootTabIndex={-1}
        >
          {services.map((share) => (
            <Cell key={share.service} fill={serviceColor(share.service)} />
          ))}
        </Pie>
      </PieChart>
    </div>
  );
}
