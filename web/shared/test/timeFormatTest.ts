import { describe, expect, it } from 'vitest';
import { formatBucket, formatClock, formatMoment, formatSpan, formatTick, formatUtc, minuteOfDay, nameZone } from '../src/format/timeFormat';

const at = new Date('2026-02-03T22:30:45.123Z');

describe('times', () => {
  it('are shown in the given zone, UTC apart', () => {
    expect(formatClock(at, 'Asia/Jakarta')).toBe('05:30:45');
    expect(formatMoment(at, 'Asia/Jakarta')).toBe('4 Feb 2026, 05:30:45');
    expect(formatUtc(at)).toBe('2026-02-03 22:30:45 UTC');
  });

  it('name the zone with its offset', () => {
    expect(nameZone('Asia/Jakarta', at)).toBe('Asia/Jakarta (GMT+7)');
    expect(nameZone('America/New_York', at)).toBe('America/New York (GMT-5)');
    expect(nameZone('UTC', at)).toBe('UTC');
  });

  it('name a bucket by start and end, and midnight by its date', () => {
    expect(formatBucket(new Date('2026-02-03T22:00:00Z'), 900, 'UTC')).toBe('Tue 3 Feb, 22:00–22:15');
    expect(formatTick(new Date('2026-02-03T17:00:00Z'), 'Asia/Jakarta')).toBe('4 Feb');
    expect(formatTick(new Date('2026-02-03T17:15:00Z'), 'Asia/Jakarta')).toBe('00:15');
    expect(minuteOfDay(at, 'Asia/Kolkata')).toBe(4 * 60);
  });

  it.each([
    [0, '0 s'],
    [0.42, '0.4 s'],
    [59, '59 s'],
    [187, '3 min'],
    [7_200, '2 h'],
    [200_000, '2 days'],
  ])('a span of %d s reads %s', (seconds, text) => expect(formatSpan(seconds)).toBe(text));
});
