import { describeError, WarningIcon } from '@k/shared';
import { Button, Code } from '@mantine/core';

interface StaleNoticeProps {
  /** Clock time of the data that is still shown. */
  since: string;
  cause: unknown;
  onRetry: () => void;
  retrying: boolean;
}

/** One line over data that could not be refreshed. The data stays. */
export function StaleNotice({ since, cause, onRetry, retrying }: StaleNoticeProps) {
  const error = describeError(cause);
  return (
    <div className="staleNotice" role="status">
      <WarningIcon size={16} />
      <span>
        Not up to date: as of {since}. {error.message}{' '}
        {error.requestId !== undefined && (
          <>
            Request id <Code>{error.requestId}</Code>
          </>
        )}
      </span>
      <Button size="compact-xs" variant="default" onClick={onRetry} loading={retrying}>
        Try again
      </Button>
    </div>
  );
}
