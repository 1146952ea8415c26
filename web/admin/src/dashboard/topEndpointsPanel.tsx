import { formatCount, formatLatency, formatRatio, type DashboardSummary } from '@k/shared';
import { VisuallyHidden } from '@mantine/core';
import { serviceColor } from '../charts/serviceColors';
import type { DashboardView } from './dashboardView';
import { Panel } from './panel';
import { breakdownPanelHeight } from './panelHeights';
import type { PanelQuery } from './panelState';
import { EmptyNotice } from './emptyNotice';

interface TopEndpointsPanelProps {
  query: PanelQuery<DashboardSummary>;
  view: DashboardView;
  onChangeView: (change: Partial<DashboardView>) => void;
}

/** From here on an endpoint's server errors are worth a look. */
const notableErrorRate = 0.01;

export function TopEndpointsPanel({ query, view, onChangeView }: TopEndpointsPanelProps) {
  return (
    <Panel
      name="endpoints"
      title="Top endpoints"
      query={query}
      height={breakdownPanelHeight}
      isEmpty={(data) => data.top_endpoints.length === 0}
      empty={<EmptyNotice view={view} onChangeView={onChangeView} brief />}
      summary={() => 'The ten with the most requests'}
    >
      {(data) => {
        const most = Math.max(1, ...data.top_endpoints.map((endpoint) => endpoint.requests));
        return (
          <table className="endpoints">
            <thead>
              <tr>
                <th scope="col">Route</th>
                <th scope="col">Requests</th>
                <th scope="col">Server errors</th>
                <th scope="col">p95</th>
              </tr>
            </thead>
            <tbody>
              {data.top_endpoints.map((endpoint) => (
                <tr key={`${endpoint.service} ${endpoint.route}`}>
                  <th scope="row">
                    <span
                      className="endpoints-bar"
                      style={{
                        width: `${(endpoint.requests / most) * 100}%`,
                        background: serviceColor(endpoint.service),
                      }}
                    />
                    <span className="endpoints-route">
                      {endpoint.route || '(no route)'}
                      <VisuallyHidden> of {endpoint.service}</VisuallyHidden>
                    </span>
                  </th>
                  <td className="k-numeric">{formatCount(endpoint.requests)}</td>
                  <td className="k-numeric" data-notable={endpoint.error_rate >= notableErrorRate || undefined}>
                    {formatRatio(endpoint.error_rate)}
                  </td>
                  <td className="k-numeric">{formatLatency(endpoint.p95_latency_ms)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        );
      }}
    </Panel>
  );
}
