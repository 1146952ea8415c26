import { useDocumentTitle } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { DashboardHeader } from './dashboardHeader';
import { latencyPanelHeight, requestsPanelHeight } from './panelHeights';
import { collectorQuery, summaryQuery, timeseriesQuery } from './dashboardQueries';
import { readPanelState } from './panelState';
import { LatencyPanel } from './latencyPanel';
import { useRefreshSeconds } from './refreshInterval';
import { RequestsPanel } from './requestsPanel';
import { ServicesPanel } from './servicesPanel';
import { SummaryCards } from './summaryCards';
import { TopEndpointsPanel } from './topEndpointsPanel';
import { useDashboardView } from './useDashboardView';

export function DashboardPage() {
  useDocumentTitle('Dashboard · k-services admin');
  const [view, changeView] = useDashboardView();
  const [refresh, setRefresh] = useRefreshSeconds();
  const refreshS = Number(refresh);
  const summary = useQuery(summaryQuery(view, refreshS));
  const requests = useQuery(timeseriesQuery('requests', view, refreshS));
  const latency = useQuery(timeseriesQuery('latency', view, refreshS));
  const collector = useQuery(collectorQuery(refreshS));
  const panels = [summary, requests, latency, collector];

  return (
    <>
      <DashboardHeader
        view={view}
        onChangeView={changeView}
        refresh={refresh}
        onChangeRefresh={setRefresh}
        updatedAt={Math.min(summary.dataUpdatedAt, requests.dataUpdatedAt, latency.dataUpdatedAt)}
        summary={summary.isPlaceholderData ? undefined : summary.data}
        stale={readPanelState(summary, () => false) === 'stale' ? summary : undefined}
        collector={collector.data}
        refreshing={panels.some((panel) => panel.isFetching)}
        onRefresh={() => panels.forEach((panel) => void panel.refetch())}
      />
      <SummaryCards query={summary} range={view.range} />
      <RequestsPanel
        query={requests}
        view={view}
        onChangeView={changeView}
        collector={collector.data}
        height={requestsPanelHeight}
      />
      <LatencyPanel query={latency} view={view} onChangeView={changeView} height={latencyPanelHeight} />
      <div className="pairRow">
        <ServicesPanel query={summary} view={view} onChangeView={changeView} />
        <TopEndpointsPanel query={summary} view={view} onChangeView={changeView} />
      </div>
    </>
  );
}
