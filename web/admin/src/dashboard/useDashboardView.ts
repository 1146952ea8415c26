import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { readView, writeView, type DashboardView } from './dashboardView';

/** The view of the address bar, and how to change it (the back button undoes that). */
export function useDashboardView(): [DashboardView, (change: Partial<DashboardView>) => void] {
  const [search, setSearch] = useSearchParams();
  const view = useMemo(() => readView(search), [search]);
  const change = useCallback(
    (part: Partial<DashboardView>) => setSearch((before) => writeView(before, part), { preventScrollReset: true }),
    [setSearch],
  );
  return [view, change];
}
