import type { ApiError } from '@k/shared';

export interface SignInMessage {
  title: string;
  text: string;
  /** Until then another try is pointless. */
  waitS?: number;
}

/** What an honest user should read when the sign-in did not work. */
export function describeSignInError(error: ApiError): SignInMessage {
  switch (error.code) {
    case 'INVALID_CREDENTIALS':
      return { title: 'That did not match', text: 'Check the e-mail address or user name and the password.' };
    case 'EMAIL_NOT_VERIFIED':
      return {
        title: 'E-mail address not confirmed yet',
        text: 'Open the link in the message that was sent to you, then sign in.',
      };
    case 'ACCOUNT_SUSPENDED':
      return { title: 'This account is suspended', text: 'Ask an administrator of your company.' };
    case 'MFA_CODE_INVALID':
      return {
        title: 'The code is wrong',
        text: 'Type the code that the app shows now. If it is always wrong, let the device set its clock by itself.',
      };
    case 'MFA_CODE_REUSED':
      return { title: 'This code was already used', text: 'Wait until the app shows the next one.' };
    case 'MFA_TOKEN_EXPIRED':
      return { title: 'This sign-in is over', text: 'It took too long, or too many codes were wrong. Begin again.' };
    case 'TOO_MANY_ATTEMPTS':
      return { title: 'Too many attempts', text: error.message, waitS: error.retryAfterS ?? 60 };
    case 'RATE_LIMITED':
      return {
        title: 'A short break, please',
        text: 'There were more sign-in attempts from your address than the limit allows. Nothing is wrong with your account.',
        waitS: error.retryAfterS ?? 60,
      };
    case 'OVERLOADED':
      return {
        title: 'The server is busy',
        text: 'Too many people are signing in at this moment.',
        waitS: error.retryAfterS ?? 5,
      };
    default:
      return { title: 'Signing in did not work', text: error.message };
  }
}
