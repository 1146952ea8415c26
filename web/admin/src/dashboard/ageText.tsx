import { formatSpan, formatUtc } from '@k/shared';
import { useEffect, useState } from 'react';

/** "5 s ago", counting on. */
export function AgeText({ at }: { at: number }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [at]);
  const seconds = Math.max(0, Math.floor((now - at) / 1_000));
  return (
    <time dateTime={new Date(at).toISOString()} title={formatUtc(new Date(at))} className="k-numeric">
      {seconds === 0 ? 'just now' : `${formatSpan(seconds)} ago`}
    </time>
  );
}
