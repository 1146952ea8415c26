import { describe, expect, it } from 'vitest';
import { describeCollector } from '../src/dashboard/collectorState';
import { readPanelState, type PanelQuery } from '../src/dashboard/panelState';

const query: PanelQuery<number> = {
  data: 1,
  error: null,
  isPlaceholderData: false,
  isFetching: false,
  dataUpdatedAt: 0,
  refetch: () => undefined,
};
const isZero = (value: number) => value === 0;

describe('a panel', () => {
  it.each([
    [{ data: undefined }, 'loading'],
    [{ data: undefined, error: new Error() }, 'failed'],
    [{ data: 0 }, 'empty'],
    [{}, 'ready'],
    [{ error: new Error() }, 'stale'],
    [{ isPlaceholderData: true }, 'switching'],
    [{ isPlaceholderData: true, error: new Error() }, 'failed'],
  ] as const)('with %o is %s', (part, state) => expect(readPanelState({ ...query, ...part }, isZero)).toBe(state));
});

describe('the collector', () => {
  const status = {
    files: [],
    lag_bytes: 2_048,
    lag_s: 30,
    lines: 1,
    bad_lines: 0,
    oversized_lines: 0,
    last_batch_at: null,
    last_error: '',
  };

  it('is fine, behind, or stopped by an error', () => {
    expect(describeCollector(0.4, undefined)).toEqual({ level: 'good', text: 'Log read to the end' });
    expect(describeCollector(30, status)).toEqual({ level: 'behind', text: 'Log collector is 30 s behind (2 KiB unread)' });
    expect(describeCollector(30, { ...status, last_error: 'gone' }).level).toBe('failed');
  });
});
