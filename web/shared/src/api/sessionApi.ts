import { publicApi, unwrap } from './apiClient';
import { ApiError } from './apiError';
import type { paths } from './generated/publicApi';
import { rememberCsrfToken } from './sessionFetch';
import { announceSessionChange, clearSessionHint, noteSession } from './sessionHint';

export type User = paths['/api/auth/me']['get']['responses'][200]['content']['application/json'];

export interface SignInInput {
  identifier: string;
  password: string;
  remember: boolean;
}

/** Signs in with cookies. A redirect is not followed: it only ever leads to the honeypot, where an honest user must not be counted. */
export async function signIn(input: SignInInput): Promise<User> {
  const answer = await unwrap(
    publicApi.POST('/api/auth/login', { body: { ...input, transport: 'cookie' }, redirect: 'manual' }),
  );
  rememberCsrfToken(answer.csrf_token ?? null);
  noteSession();
  announceSessionChange();
  return answer.user;
}

export async function changePassword(identifier: string, currentPassword: string, newPassword: string): Promise<void> {
  await unwrap(
    publicApi.POST('/api/auth/password/change', {
      body: { identifier, current_password: currentPassword, new_password: newPassword },
      redirect: 'manual',
    }),
  );
}

/** The signed-in user, or null without a session. */
export async function loadUser(signal?: AbortSignal): Promise<User | null> {
  try {
    return await unwrap(publicApi.GET('/api/auth/me', { signal: signal ?? null }));
  } catch (cause) {
    if (cause instanceof ApiError && cause.status === 401) return null;
    throw cause;
  }
}

export async function signOut(): Promise<void> {
  try {
    await unwrap(publicApi.POST('/api/auth/logout'));
  } catch (cause) {
    if (!(cause instanceof ApiError) || cause.status !== 401) throw cause;
  }
  rememberCsrfToken(null);
  clearSessionHint();
  announceSessionChange();
}
