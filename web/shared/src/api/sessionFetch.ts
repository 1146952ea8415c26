import { clearSessionHint, hasSessionHint, noteSession } from './sessionHint';

/** Longest wait for one request, in milliseconds. */
const requestTimeoutMs = 15_000;
const refreshLock = 'k-services.refresh';
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);
/** A 401 of these is an answer to what the user typed, not a sign of an old access token. */
const credentialPaths = new Set([
  '/api/auth/login',
  '/api/auth/mfa/verify',
  '/api/auth/password/change',
  '/api/auth/token/refresh',
]);
const credentialFaults = ['"INVALID_CREDENTIALS"', '"MFA_CODE_INVALID"'];

let csrfToken: string | null = null;

export function rememberCsrfToken(token: string | null): void {
  csrfToken = token;
}

function send(request: Request): Promise<Response> {
  return fetch(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(requestTimeoutMs)]) });
}

/** The token lives in memory only, so after a reload it is asked for again. */
async function loadCsrfToken(): Promise<string | null> {
  const response = await send(new Request('/api/auth/csrf'));
  if (!response.ok) return null;
  const body: unknown = await response.json();
  const token = typeof body === 'object' && body !== null && 'csrf_token' in body ? body.csrf_token : null;
  csrfToken = typeof token === 'string' ? token : null;
  return csrfToken;
}

async function withCsrf(request: Request): Promise<Request> {
  if (safeMethods.has(request.method)) return request;
  const needsToken = hasSessionHint() && new URL(request.url).pathname !== '/api/auth/login';
  const token = csrfToken ?? (needsToken ? await loadCsrfToken() : null);
  if (token === null) return request;
  const headers = new Headers(request.headers);
  headers.set('X-CSRF-Token', token);
  return new Request(request, { headers });
}

async function hasFault(response: Response, status: number, quotedCodes: string[]): Promise<boolean> {
  if (response.status !== status) return false;
  try {
    const body = JSON.stringify(await response.clone().json());
    return quotedCodes.some((code) => body.includes(code));
  } catch {
    return false;
  }
}

const isCsrfFault = (response: Response) => hasFault(response, 403, ['"CSRF_FAILED"']);

/** Sends with the CSRF token; a token that another tab's sign-in has made old is read again, once. */
async function sendWithCsrf(request: Request): Promise<Response> {
  const spare = request.clone();
  const response = await send(await withCsrf(request));
  if (safeMethods.has(request.method) || !(await isCsrfFault(response))) return response;
  csrfToken = null;
  if ((await loadCsrfToken()) === null) return response;
  return send(await withCsrf(spare));
}

async function refreshOnce(): Promise<boolean> {
  // Another tab, or an earlier request of this one, may have refreshed since the request that failed was sent.
  if ((await loadCsrfToken()) !== null) return true;
  // The server asks no CSRF token here, only for the same origin: after a reload there is no way to read one.
  const response = await send(
    new Request('/api/auth/token/refresh', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{}',
    }),
  );
  if (response.status === 401) {
    clearSessionHint();
    return false;
  }
  if (!response.ok) return false;
  const body: unknown = await response.json().catch(() => null);
  if (typeof body === 'object' && body !== null && 'csrf_token' in body && typeof body.csrf_token === 'string') {
    csrfToken = body.csrf_token;
  }
  noteSession();
  return true;
}

let refreshing: Promise<boolean> | null = null;

async function refreshAcrossTabs(): Promise<boolean> {
  if (!('locks' in navigator)) return refreshOnce();
  return await navigator.locks.request(refreshLock, () => refreshOnce());
}

/** One refresh at a time: in this tab by the promise, across tabs by a web lock. */
function refreshSession(): Promise<boolean> {
  const running =
    refreshing ??
    refreshAcrossTabs().finally(() => {
      refreshing = null;
    });
  refreshing = running;
  return running;
}

/** `fetch` for the API: cookies, CSRF token, deadline, and one silent refresh where the access token is too old. */
export async function sessionFetch(request: Request): Promise<Response> {
  const spare = request.clone();
  const response = await sendWithCsrf(request);
  const path = new URL(spare.url).pathname;
  if (response.status !== 401 || credentialPaths.has(path) || !hasSessionHint()) return response;
  if (await hasFault(response, 401, credentialFaults)) return response;
  if (!(await refreshSession())) return response;
  return sendWithCsrf(spare);
}
