import { nameZone, RefreshIcon, viewerZone, type CollectorStatus, type DashboardSummary } from '@k/shared';
import { ActionIcon, NativeSelect, SegmentedControl, Text, Title } from '@mantine/core';
import { AgeText } from './ageText';
import { CollectorLag } from './collectorLag';
import { rangeChoices, serviceChoices, type DashboardView } from './dashboardView';
import type { PanelQuery } from './panelState';
import { refreshChoices } from './refreshInterval';
import { StaleNotice } from './staleNotice';

interface DashboardHeaderProps {
  view: DashboardView;
  onChangeView: (change: Partial<DashboardView>) => void;
  refresh: string;
  onChangeRefresh: (value: string) => void;
  /** Unix milliseconds of the oldest figure shown; 0 before there is any. */
  updatedAt: number;
  summary: DashboardSummary | undefined;
  /** The cards' query, where its last refresh failed. */
  stale: PanelQuery<unknown> | undefined;
  collector: CollectorStatus | undefined;
  refreshing: boolean;
  onRefresh: () => void;
}

export function DashboardHeader(props: DashboardHeaderProps) {
  const { view, onChangeView, updatedAt, refreshing } = props;
  return (
    <div className="dashboardHeader">
      <div className="dashboardHeader-title">
        <Title order={1}>Dashboard</Title>
        <div className="dashboardHeader-facts">
          {props.stale !== undefined ? (
            <StaleNotice of="Key figures" query={props.stale} />
          ) : (
            <UpdatedText at={updatedAt} />
          )}
          <CollectorLag summary={props.summary} collector={props.collector} />
          <Text component="span" size="sm" c="dimmed" title="Hover over a time to see it in UTC">
            Times in {nameZone(viewerZone(), new Date())}
          </Text>
        </div>
      </div>
      <div className="dashboardHeader-pickers">
        <SegmentedControl
          aria-label="Time range"
          data={rangeChoices.map(({ value, label }) => ({ value, label }))}
          value={view.range}
          onChange={(range) => onChangeView({ range: range as DashboardView['range'] })}
        />
        <SegmentedControl
          aria-label="Service"
          data={[...serviceChoices]}
          value={view.service}
          onChange={(service) => onChangeView({ service: service as DashboardView['service'] })}
        />
        <div className="dashboardHeader-refresh">
          <NativeSelect
            aria-label="Refresh"
            data={refreshChoices.map(({ value, label }) => ({ value, label }))}
            value={props.refresh}
            onChange={(event) => props.onChangeRefresh(event.currentTarget.value)}
          />
          <ActionIcon
            variant="default"
            size={36}
            aria-label="Refresh now"
            title="Refresh now"
            onClick={props.onRefresh}
          >
            <span className={refreshing ? 'spinning' : undefined} style={{ display: 'inline-flex' }}>
              <RefreshIcon />
            </span>
          </ActionIcon>
        </div>
      </div>
    </div>
  );
}

function UpdatedText({ at }: { at: number }) {
  return (
    <Text component="span" size="sm" c="dimmed" data-testid="updated">
      {at > 0 ? (
        <>
          Updated <AgeText at={at} />
        </>
      ) : (
        'Loading the figures'
      )}
    </Text>
  );
}
