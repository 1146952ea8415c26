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

type LoginAnswer = paths['/api/auth/login']['post']['responses'][200]['content']['application/json'];

/** The password was right; a code is still missing. */
export interface FactorDemand {
  token: string;
  methods: string[];
  expiresInS: number;
}
export type SignInOutcome = { user: User; demand?: undefined } | { user?: undefined; demand: FactorDemand };

function takeSession(answer: LoginAnswer): User {
  if (!answer.user) {
    throw new ApiError({ code: 'UNEXPECTED_ANSWER', message: 'The server opened no session.', status: 200 });
  }
  rememberCsrfToken(answer.csrf_token ?? null);
  noteSession();
  announceSessionChange();
  return answer.user;
}

/** Signs in with cookies. A redirect is not followed: it only ever leads to the honeypot, where an honest user must not be counted. */
export async function signIn(input: SignInInput): Promise<SignInOutcome> {
  const answer = await unwrap(
    publicApi.POST('/api/auth/login', { body: { ...input, transport: 'cookie' }, redirect: 'manual' }),
  );
  if (answer.mfa_token) {
    return {
      demand: { token: answer.mfa_token, methods: answer.methods ?? ['totp'], expiresInS: answer.expires_in },
    };
  }
  return { user: takeSession(answer) };
}

export async function verifyFactor(token: string, method: 'totp' | 'recovery_code', code: string): Promise<User> {
  const answer = await unwrap(
    publicApi.POST('/api/auth/mfa/verify', { body: { mfa_token: token, method, code }, redirect: 'manual' }),
  );
  return takeSession(answer);
}

/** Confirms who is signed in, for what needs a fresh sign-in. */
export async function confirmPassword(password: string): Promise<User> {
  return takeSession(await unwrap(publicApi.POST('/api/auth/reauthenticate', { body: { password } })));
}

/** Confirms who is signed in on this device, which lifts the session to two factors again. */
export async function confirmCode(code: string): Promise<User> {
  return takeSession(await unwrap(publicApi.POST('/api/auth/reauthenticate', { body: { totp: code } })));
}

export type TotpEnrolment = paths['/api/auth/mfa/totp']['post']['responses'][201]['content']['application/json'];

export async function beginTotp(): Promise<TotpEnrolment> {
  return unwrap(publicApi.POST('/api/auth/mfa/totp', { body: {} }));
}

export interface TotpConfirmed {
  user: User;
  recoveryCodes: string[];
}

export async function confirmTotp(factorId: string, code: string): Promise<TotpConfirmed> {
  const answer = await unwrap(
    publicApi.POST('/api/auth/mfa/totp/{id}/confirm', { params: { path: { id: factorId } }, body: { code } }),
  );
  return { user: takeSession(answer), recoveryCodes: answer.recovery_codes ?? [] };
}

/** `code` of an authenticator app, six digits, or a recovery code; an account with a second factor needs one. */
export async function changePassword(
  identifier: string,
  currentPassword: string,
  newPassword: string,
  code = '',
): Promise<void> {
  const proof = code === '' ? {} : /^\d{6}$/.test(code) ? { totp: code } : { recovery_code: code };
  await unwrap(
    publicApi.POST('/api/auth/password/change', {
      body: { identifier, current_password: currentPassword, new_password: newPassword, ...proof },
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
