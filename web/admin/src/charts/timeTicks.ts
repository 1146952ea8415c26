import { minuteOfDay } from '@k/shared';

/** Steps in minutes that people read without thinking. */
const steps = [5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1_440];

/**
 * The bucket starts that get a label: round times in the viewer's zone, at most `most` of them. A tick is the first
 * bucket of its step, so zones that are a half hour off and days of 23 or 25 hours work too.
 */
export function chooseTicks(starts: readonly number[], zone: string, most: number): number[] {
  const minutes = starts.map((start) => minuteOfDay(new Date(start), zone));
  let ticks: number[] = [];
  for (const step of steps) {
    ticks = starts.filter((_, index) => {
      const minute = minutes[index]!;
      const before = minutes[index - 1];
      if (before === undefined) return minute % step === 0;
      return Math.floor(minute / step) !== Math.floor(before / step) || minute < before;
    });
    if (ticks.length <= most) return ticks;
  }
  const every = Math.ceil(ticks.length / Math.max(1, most));
  return ticks.filter((_, index) => index % every === 0);
}
