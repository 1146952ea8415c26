import { ErrorNotice, formatClock, viewerZone, WarningIcon } from '@k/shared';
import { VisuallyHidden } from '@mantine/core';
import { ButtonPopover } from './buttonPopover';
import type { PanelQuery } from './panelState';

interface StaleNoticeProps {
  /** Whose data it is. */
  of: string;
  query: PanelQuery<unknown>;
}

/** Marks data that could not be refreshed and stays; a click says why, with the request id, and tries again. */
export function StaleNotice({ of, query }: StaleNoticeProps) {
  return (
    <ButtonPopover
      className="staleNotice"
      width={340}
      flush
      title={`Why ${of} could not be refreshed`}
      label={
        <>
          <WarningIcon size={15} />
          Not up to date: as of {formatClock(new Date(query.dataUpdatedAt), viewerZone())}
          <VisuallyHidden> ({of}; shows why)</VisuallyHidden>
        </>
      }
    >
      <ErrorNotice
        title="Refreshing did not work"
        cause={query.error}
        onRetry={() => void query.refetch()}
        retrying={query.isFetching}
      />
    </ButtonPopover>
  );
}
