import { formatBucket, formatClock, formatMoment, formatUtc, viewerZone } from '../format/timeFormat';

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

interface BucketTextProps {
  start: Date;
  intervalS: number;
}

/** A span of time in the viewer's zone, with its start in UTC on hover. */
export function BucketText({ start, intervalS }: BucketTextProps) {
  return (
    <time dateTime={start.toISOString()} title={`from ${formatUtc(start)}`} className="k-numeric">
      {formatBucket(start, intervalS, viewerZone())}
    </time>
  );
}
