import { formatClock, formatMoment, formatUtc, viewerZone } from '../format/timeFormat';

interface MomentTextProps {
  at: Date;
  /** "clock" leaves the date away. */
  as?: 'clock' | 'moment';
}

/** A time in the viewer's zone, with UTC on hover. */
export function MomentText({ at, as = 'moment' }: MomentTextProps) {
  const zone = viewerZone();
  return (
    <time dateTime={at.toISOString()} title={formatUtc(at)} className="k-numeric">
      {as === 'clock' ? formatClock(at, zone) : formatMoment(at, zone)}
    </time>
  );
}
