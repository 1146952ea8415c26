/** Shortest password that the server takes without a second factor, in characters (NIST 800-63B-4). */
export const shortestPassword = 15;

/** What is wrong with the new password as far as the page can tell; undefined where nothing is. */
export function checkNewPassword(newPassword: string, currentPassword: string): string | undefined {
  if ([...newPassword].length < shortestPassword) return `Use at least ${shortestPassword} characters`;
  if (newPassword === currentPassword) return 'Choose a password other than the present one';
  return undefined;
}
