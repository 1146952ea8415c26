import { describe, expect, it } from 'vitest';
import { formatBytes, formatChange, formatCompact, formatCount, formatLatency, formatRatio } from '../src/format/numberFormat';

describe('numbers', () => {
  it.each([
    [0, '0'],
    [9_999, '9,999'],
    [10_000, '10.0k'],
    [99_949, '99.9k'],
    [99_950, '100k'],
    [357_010, '357k'],
    [999_499, '999k'],
    [999_500, '1.0M'],
    [1_234_567, '1.2M'],
    [2_500_000_000, '2.5G'],
  ])('shortens %d to %s', (value, text) => expect(formatCompact(value)).toBe(text));

  it('groups thousands and shows what is missing as a dash', () => {
    expect(formatCount(1_234_567)).toBe('1,234,567');
    expect(formatCount(null)).toBe('–');
  });

  it.each([
    [0, '0 ms'],
    [0.0426, '42.6 µs'],
    [0.9994, '999 µs'],
    [0.9996, '1 ms'],
    [4.2361, '4.24 ms'],
    [1_234.5, '1,230 ms'],
    [12_345, '12.3 s'],
  ])('latency %d reads %s', (ms, text) => expect(formatLatency(ms)).toBe(text));

  it.each([
    [0, '0%'],
    [0.000_01, '<0.01%'],
    [0.0042, '0.42%'],
    [0.1234, '12.3%'],
    [1, '100%'],
  ])('ratio %d reads %s', (ratio, text) => expect(formatRatio(ratio)).toBe(text));

  it.each([
    [0.01, '0%'],
    [3.21, '+3.2%'],
    [-22.9, '−23%'],
    [1_900, '×20'],
  ])('change %d reads %s', (percent, text) => expect(formatChange(percent)).toBe(text));

  it('counts bytes in binary units', () => {
    expect(formatBytes(900)).toBe('900 B');
    expect(formatBytes(4_812_331)).toBe('4.59 MiB');
  });
});
