import { Alert, Button, Code, Group, Text } from '@mantine/core';
import { ApiError, toNetworkError } from '../api/apiError';
import { WarningIcon } from './icons';

interface ErrorNoticeProps {
  /** What could not be done, as a sentence without its full stop: "The figures could not be loaded". */
  title: string;
  cause: unknown;
  onRetry?: (() => void) | undefined;
  retrying?: boolean;
}

export function describeError(cause: unknown): ApiError {
  return cause instanceof ApiError ? cause : toNetworkError(cause);
}

/** What failed, why, the request id to quote, and a way to try again. */
export function ErrorNotice({ title, cause, onRetry, retrying = false }: ErrorNoticeProps) {
  const error = describeError(cause);
  return (
    <Alert
      color="orange"
      variant="light"
      role="alert"
      title={title}
      icon={<WarningIcon />}
      styles={{ title: { color: 'var(--mantine-color-text)' }, message: { color: 'var(--mantine-color-text)' } }}
    >
      <Text size="sm">{error.message}</Text>
      <Group gap="xs" mt={6} align="center">
        <Text size="xs" c="dimmed">
          {error.code}
        </Text>
        {error.requestId !== undefined && (
          <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            Request id <Code c="var(--mantine-color-text)">{error.requestId}</Code>
          </Text>
        )}
      </Group>
      {onRetry !== undefined && (
        <Button mt="sm" size="xs" variant="default" onClick={onRetry} loading={retrying}>
          Try again
        </Button>
      )}
    </Alert>
  );
}
