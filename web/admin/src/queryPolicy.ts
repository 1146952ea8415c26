import { ApiError } from '@k/shared';
import { QueryCache, QueryClient } from '@tanstack/react-query';
import { stepUpKey, userKey } from './session/sessionQuery';

const tries = 2;

/** Again only what can pass by itself: no connection, a restarting backend. A 4xx will not change. */
export function shouldRetry(failures: number, cause: unknown): boolean {
  if (failures >= tries || !(cause instanceof ApiError)) return false;
  return cause.status === 0 || cause.status === 502 || cause.status === 503 || cause.status === 504;
}

/** The server's Retry-After where it gave one (at most 3 s), else 0.5 s and 1 s. */
export function retryDelayMs(failures: number, cause: unknown): number {
  if (cause instanceof ApiError && cause.retryAfterS !== undefined) return Math.min(cause.retryAfterS, 3) * 1_000;
  return 500 * 2 ** failures;
}

/**
 * A 401 that the silent refresh could not mend means that the session is over: the pages then show the sign-in. A session that
 * went on on another device has to be confirmed.
 */
export function makeQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (cause) => {
        if (!(cause instanceof ApiError)) return;
        if (cause.status === 401) client.setQueryData(userKey, null);
        if (cause.code === 'STEP_UP_REQUIRED') client.setQueryData(stepUpKey, true);
      },
    }),
    defaultOptions: { queries: { retry: shouldRetry, retryDelay: retryDelayMs, staleTime: 5_000 } },
  });
  return client;
}
