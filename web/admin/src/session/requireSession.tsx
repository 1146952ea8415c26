import { ErrorNotice } from '@k/shared';
import { Container, Loader, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { Navigate, useLocation } from 'react-router';
import { EnrolmentPage } from './enrolmentPage';
import { NoAccessPage } from './noAccessPage';
import { signInPath } from './returnPath';
import { stepUpKey, userKey, useStepUp, useUser } from './sessionQuery';
import { StepUpPage } from './stepUpPage';

interface RequireSessionProps {
  permission: string;
  children: ReactNode;
}

export function RequireSession({ permission, children }: RequireSessionProps) {
  const location = useLocation();
  const client = useQueryClient();
  const user = useUser();
  const mustStepUp = useStepUp();
  const [codesShown, setCodesShown] = useState(false);
  if (user.isPending) {
    return (
      <Stack align="center" justify="center" mih="100vh" gap="xs" role="status">
        <Loader size="sm" type="dots" />
        <Text size="sm" c="dimmed">
          Looking for your session
        </Text>
      </Stack>
    );
  }
  if (user.data === undefined) {
    return (
      <Container size="xs" py={80} component="main">
        <ErrorNotice
          title="Your session could not be checked"
          cause={user.error}
          onRetry={() => void user.refetch()}
          retrying={user.isFetching}
        />
      </Container>
    );
  }
  if (user.data === null) return <Navigate to={signInPath(location.pathname, location.search)} replace />;
  if (!user.data.permissions.includes(permission)) return <NoAccessPage user={user.data} permission={permission} />;
  if (!user.data.mfa_enabled || codesShown) {
    return (
      <EnrolmentPage
        onConfirmed={() => setCodesShown(true)}
        onDone={(signedIn) => {
          client.setQueryData(userKey, signedIn);
          client.setQueryData(stepUpKey, false); // the code has confirmed it on this device
          setCodesShown(false);
        }}
      />
    );
  }
  return mustStepUp ? <StepUpPage /> : children;
}
