import { formatBucket, formatUtc, viewerZone } from '@k/shared';

export interface TooltipLine {
  name: string;
  color: string;
  value: string;
}

interface ChartTooltipProps {
  at: number;
  intervalS: number;
  lines: TooltipLine[];
}

export function ChartTooltip({ at, intervalS, lines }: ChartTooltipProps) {
  const start = new Date(at);
  return (
    <div className="chartTooltip">
      <div className="chartTooltip-time">{formatBucket(start, intervalS, viewerZone())}</div>
      <div className="chartTooltip-utc">{formatUtc(start)}</div>
      <dl>
        {lines.map((line) => (
          <div key={line.name}>
            <dt>
              <span className="swatch" style={{ background: line.color }} />
              {line.name}
            </dt>
            <dd className="k-numeric">{line.value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
