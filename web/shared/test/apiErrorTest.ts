import { describe, expect, it } from 'vitest';
import { ApiError, toApiError, toNetworkError } from '../src/api/apiError';

function answer(status: number, headers: Record<string, string> = {}): Response {
  return new Response(null, { status, headers });
}

describe('errors of the API', () => {
  it('are read from the standard body', () => {
    const error = toApiError(answer(404, { 'X-Request-ID': 'from-header' }), {
      error: { code: 'USER_NOT_FOUND', message: 'Not found', field: 'email' },
      request_id: 'from-body',
    });
    expect(error).toMatchObject({ code: 'USER_NOT_FOUND', status: 404, requestId: 'from-body', field: 'email' });
  });

  it('keep every fault of a validation', () => {
    const details = [{ field: 'a', code: 'TOO_SHORT', message: 'Too short' }];
    const error = toApiError(answer(400), { error: { code: 'VALIDATION_FAILED', message: 'No', details } });
    expect(error.details).toEqual(details);
  });

  it('take the wait from the body, else from the header', () => {
    expect(toApiError(answer(429), { error: { code: 'RATE_LIMITED', message: 'x', retry_after: 12.2 } }).retryAfterS).toBe(13);
    expect(toApiError(answer(503, { 'Retry-After': '7' }), { error: { code: 'OVERLOADED', message: 'x' } }).retryAfterS).toBe(7);
  });

  it('survive a body of another form', () => {
    const error = toApiError(answer(502, { 'X-Request-ID': 'r1' }), '<html>');
    expect(error).toMatchObject({ code: 'UNEXPECTED_ANSWER', requestId: 'r1' });
  });

  it('recognise the redirect to the honeypot as a rate limit', () => {
    const redirect = { type: 'opaqueredirect', status: 0, headers: new Headers(), redirected: false, url: '' } as Response;
    expect(toApiError(redirect, '')).toMatchObject({ code: 'RATE_LIMITED', status: 429, retryAfterS: 60 });
  });

  it('tell a lost connection from time over', () => {
    expect(toNetworkError(new TypeError('Failed to fetch')).code).toBe('UNREACHABLE');
    expect(toNetworkError(new DOMException('late', 'TimeoutError')).code).toBe('TIMEOUT');
    const known = new ApiError({ code: 'X', message: 'x', status: 400 });
    expect(toNetworkError(known)).toBe(known);
  });
});
