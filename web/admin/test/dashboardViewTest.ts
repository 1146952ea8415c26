import { describe, expect, it } from 'vitest';
import { defaultView, readView, writeView } from '../src/dashboard/dashboardView';
import { readReturnPath, signInPath } from '../src/session/returnPath';

describe('the view in the address', () => {
  it('falls back to the defaults for what it does not know', () => {
    expect(readView(new URLSearchParams('range=1y&service=<script>&percentile='))).toEqual(defaultView);
  });

  it('survives writing and reading', () => {
    const search = writeView(new URLSearchParams(), { range: '7d', service: 'payment', percentile: 'p99' });
    expect(readView(search)).toEqual({ range: '7d', service: 'payment', percentile: 'p99' });
  });

  it('leaves defaults out and parameters of others in', () => {
    const search = writeView(new URLSearchParams('range=1h&other=1'), { range: '24h' });
    expect(search.toString()).toBe('other=1');
  });
});

describe('the way back after the sign-in', () => {
  it('stays inside the app', () => {
    expect(readReturnPath('?next=%2F%3Frange%3D1h')).toBe('/?range=1h');
    for (const bad of ['//evil.example', 'https://evil.example', '/\\evil.example', '/sign-in']) {
      expect(readReturnPath(`?next=${encodeURIComponent(bad)}`)).toBe('/');
    }
  });

  it('is only named where it is not the start page', () => {
    expect(signInPath('/', '')).toBe('/sign-in');
    expect(signInPath('/', '?range=1h')).toBe('/sign-in?next=%2F%3Frange%3D1h');
  });
});
