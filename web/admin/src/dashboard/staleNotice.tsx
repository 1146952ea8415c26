import { ErrorNotice, formatClock, viewerZone, WarningIcon } from '@k/shared';
import { Popover, UnstyledButton, VisuallyHidden } from '@mantine/core';
import type { PanelQuery } from './panelState';

interface StaleNoticeProps {
  /** Whose data it is. */
  of: string;
  query: PanelQuery<unknown>;
}

/** Marks data that could not be refreshed and stays; a click says why, with the request id, and tries again. */
export function StaleNotice({ of, query }: StaleNoticeProps) {
  return (
    <Popover position="bottom-start" width={340} shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <UnstyledButton className="staleNotice">
          <WarningIcon size={15} />
          Not up to date: as of {formatClock(new Date(query.dataUpdatedAt), viewerZone())}
          <VisuallyHidden> ({of}; shows why)</VisuallyHidden>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown p={0} aria-label={`Why ${of} could not be refreshed`}>
        <ErrorNotice
          title="Refreshing did not work"
          cause={query.error}
          onRetry={() => void query.refetch()}
          retrying={query.isFetching}
        />
      </Popover.Dropdown>
    </Popover>
  );
}
