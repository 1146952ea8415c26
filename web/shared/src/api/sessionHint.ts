// Whether this browser has signed in before. It is no secret and decides nothing but whether a 401 is worth a refresh:
// the session itself is in cookies that no script can read.
const hintKey = 'k-services.signedIn';
const channelName = 'k-services.session';

export function hasSessionHint(): boolean {
  try {
    return localStorage.getItem(hintKey) === '1';
  } catch {
    return true;
  }
}

export function noteSession(): void {
  try {
    localStorage.setItem(hintKey, '1');
  } catch {
    // Storage is refused: hasSessionHint then always says yes.
  }
}

export function clearSessionHint(): void {
  try {
    localStorage.removeItem(hintKey);
  } catch {
    // Nothing was stored.
  }
}

/** Tells the other tabs that the session began or ended here. */
export function announceSessionChange(): void {
  const channel = new BroadcastChannel(channelName);
  channel.postMessage('changed');
  channel.close();
}

/** Calls back when another tab signed in or out. Returns how to stop. */
export function onSessionChange(callback: () => void): () => void {
  const channel = new BroadcastChannel(channelName);
  channel.onmessage = callback;
  return () => channel.close();
}
