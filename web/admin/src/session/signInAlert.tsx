import { ClockIcon, WarningIcon } from '@k/shared';
import { Alert, Code, Text } from '@mantine/core';
import type { SignInMessage } from './signInMessage';

interface SignInAlertProps {
  message: SignInMessage;
  requestId: string | undefined;
  /** Seconds left to wait; 0 where there is no wait or it is over. */
  leftS: number;
}

export function SignInAlert({ message, requestId, leftS }: SignInAlertProps) {
  const waits = message.waitS !== undefined;
  return (
    <Alert
      role="alert"
      color={waits ? 'accent' : 'orange'}
      variant="light"
      title={message.title}
      icon={waits ? <ClockIcon /> : <WarningIcon />}
      styles={{ title: { color: 'var(--mantine-color-text)' }, message: { color: 'var(--mantine-color-text)' } }}
    >
      <Text size="sm">{message.text}</Text>
      {waits && (
        <Text size="sm" mt={4} fw={500} className="k-numeric" aria-live="off">
          {leftS > 0 ? `You can try again in ${leftS} s.` : 'You can try again now.'}
        </Text>
      )}
      {requestId !== undefined && (
        <Text size="xs" c="dimmed" mt={6} style={{ overflowWrap: 'anywhere' }}>
          Request id <Code>{requestId}</Code>
        </Text>
      )}
    </Alert>
  );
}
