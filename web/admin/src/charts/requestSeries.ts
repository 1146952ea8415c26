/** The four kinds of answers, bottom to top of the stack. They do not overlap: their sum is every request. */
export const requestSeries = [
  { label: 'success', name: 'Success', fill: 'var(--k-success)', line: 'var(--k-success-line)' },
  { label: 'client_error', name: 'Client error', fill: 'var(--k-client-error)', line: 'var(--k-client-error-line)' },
  { label: 'server_error', name: 'Server error', fill: 'var(--k-server-error)', line: 'var(--k-server-error-line)' },
  { label: 'rate_limited', name: 'Rate limited', fill: 'var(--k-rate-limited)', line: 'var(--k-rate-limited-line)' },
] as const;

export const requestLabels: readonly string[] = requestSeries.map((series) => series.label);
