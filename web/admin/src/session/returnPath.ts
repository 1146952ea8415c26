/** Where to go after the sign-in: a path of this app only, never another host. */
export function readReturnPath(search: string): string {
  const next = new URLSearchParams(search).get('next') ?? '/';
  if (!next.startsWith('/') || next.startsWith('//') || next.includes('\\') || next.startsWith('/sign-in')) return '/';
  return next;
}

export function signInPath(pathname: string, search: string): string {
  const here = pathname + search;
  return here === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(here)}`;
}
