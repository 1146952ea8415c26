import { EmptyIcon, type CollectorStatus } from '@k/shared';
import { Button, Code, Group, Text } from '@mantine/core';
import { describeCollector } from './collectorState';
import { findRange, serviceChoices, type DashboardView } from './dashboardView';

interface EmptyNoticeProps {
  view: DashboardView;
  onChangeView: (change: Partial<DashboardView>) => void;
  collector?: CollectorStatus | undefined;
  /** The first panel says what to do; the others only that there is nothing. */
  brief?: boolean;
}

/** Says why there is nothing and what to do: the filter hides it, the collector is behind, or nobody called. */
export function EmptyNotice({ view, onChangeView, collector, brief = false }: EmptyNoticeProps) {
  const range = findRange(view.range);
  const service = serviceChoices.find((choice) => choice.value === view.service);
  const behind = collector !== undefined ? describeCollector(collector.lag_s, collector) : undefined;
  return (
    <div className="emptyNotice" role="status">
      <EmptyIcon size={28} />
      <Text fw={600} mt={6}>
        {view.service === 'all'
          ? `No requests in the last ${range.words}`
          : `No requests to ${service?.label} in the last ${range.words}`}
      </Text>
      {!brief && (
        <>
          <Text size="sm" c="dimmed" maw={460}>
            {behind !== undefined && behind.level !== 'good' ? (
              <>{behind.text}: requests may be there that are not counted yet.</>
            ) : view.service === 'all' ? (
              <>
                Nothing has come through the gateway in this time. Try it: <Code>curl {window.location.origin}/api/auth/health</Code>
              </>
            ) : (
              <>Other services may have had traffic in this time.</>
            )}
          </Text>
          <Group gap="xs" mt="sm" justify="center">
            {view.service !== 'all' && (
              <Button size="xs" variant="default" onClick={() => onChangeView({ service: 'all' })}>
                Show all services
              </Button>
            )}
            {view.range !== '7d' && (
              <Button size="xs" variant="default" onClick={() => onChangeView({ range: '7d' })}>
                Look at 7 days
              </Button>
            )}
          </Group>
        </>
      )}
    </div>
  );
}
