/** The part of a query's result that a panel's look depends on. */
export interface PanelQuery<Data> {
  data: Data | undefined;
  error: unknown;
  isPlaceholderData: boolean;
  isFetching: boolean;
  dataUpdatedAt: number;
  refetch: () => unknown;
}

export type PanelState = 'loading' | 'failed' | 'empty' | 'stale' | 'switching' | 'ready';

/**
 * loading: nothing to show yet; failed: nothing to show and an error; stale: the refresh failed, the last data stays;
 * switching: data of the range before, until that of the new one is here.
 */
export function readPanelState<Data>(query: PanelQuery<Data>, isEmpty: (data: Data) => boolean): PanelState {
  if (query.data === undefined) return query.error ? 'failed' : 'loading';
  if (query.isPlaceholderData) return query.error ? 'failed' : 'switching';
  if (query.error) return 'stale';
  return isEmpty(query.data) ? 'empty' : 'ready';
}
