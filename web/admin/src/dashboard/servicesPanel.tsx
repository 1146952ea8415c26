import { formatCompact, formatCount, formatRatio, type DashboardSummary } from '@k/shared';
import { Skeleton, UnstyledButton } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { serviceColor } from '../charts/serviceColors';
import { serviceChoices, type DashboardView } from './dashboardView';
import { EmptyNotice } from './emptyNotice';
import { Panel } from './panel';
import { breakdownPanelHeight } from './panelHeights';
import type { PanelQuery } from './panelState';

const ServiceChart = lazy(() => import('../charts/serviceChart'));
const pieSize = 168;

interface ServicesPanelProps {
  query: PanelQuery<DashboardSummary>;
  view: DashboardView;
  onChangeView: (change: Partial<DashboardView>) => void;
}

export function ServicesPanel({ query, view, onChangeView }: ServicesPanelProps) {
  return (
    <Panel
      name="services"
      title="Requests by service"
      query={query}
      height={breakdownPanelHeight}
      isEmpty={(data) => data.services.every((share) => share.requests === 0)}
      empty={<EmptyNotice view={view} onChangeView={onChangeView} brief />}
      summary={() => 'Choose one to see only its traffic'}
    >
      {(data) => {
        const total = data.services.reduce((sum, share) => sum + share.requests, 0);
        const services = data.services.toSorted((a, b) => b.requests - a.requests);
        return (
          <div className="services">
            <div className="services-pie">
              <Suspense fallback={<Skeleton circle height={pieSize} width={pieSize} />}>
                <ServiceChart services={services} size={pieSize} />
              </Suspense>
              <div className="services-total" aria-hidden="true">
                <b className="k-numeric">{formatCompact(total)}</b>
                requests
              </div>
            </div>
            <ul className="services-list">
              {services.map((share) => {
                const choice = serviceChoices.find((candidate) => candidate.value === share.service);
                const content = (
                  <>
                    <span className="swatch" style={{ background: serviceColor(share.service) }} />
                    <span className="services-name">{share.service}</span>
                    <span className="k-numeric">{formatCount(share.requests)}</span>
                    <span className="k-numeric services-share">{formatRatio(total === 0 ? 0 : share.requests / total)}</span>
                  </>
                );
                return (
                  <li key={share.service}>
                    {choice === undefined ? (
                      <div className="services-row">{content}</div>
                    ) : (
                      <UnstyledButton
                        className="services-row"
                        aria-pressed={view.service === choice.value}
                        onClick={() =>
                          onChangeView({ service: view.service === choice.value ? 'all' : choice.value })
                        }
                      >
                        {content}
                      </UnstyledButton>
                    )}
                  </li>
                );
              })}
            </ul>
          </div>
        );
      }}
    </Panel>
  );
}
