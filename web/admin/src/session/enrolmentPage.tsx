import { beginTotp, ErrorNotice, type TotpConfirmed, type User } from '@k/shared';
import { Button, Group, Loader, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { AppSetupForm } from './appSetupForm';
import { ConfirmPasswordForm } from './confirmPasswordForm';
import { RecoveryCodeList } from './recoveryCodeList';
import { SignInFrame } from './signInFrame';
import { useSignOut } from './useSignOut';

interface EnrolmentPageProps {
  /** The codes are on the page: it must stay until the user has kept them. */
  onConfirmed: () => void;
  onDone: (user: User) => void;
}

/** The administration is open to sign-ins with two factors only: who has one factor sets up the second here. */
export function EnrolmentPage({ onConfirmed, onDone }: EnrolmentPageProps) {
  const [confirmed, setConfirmed] = useState<TotpConfirmed | null>(null);
  const signOut = useSignOut();
  // Begun again, the earlier beginning is void: so once, and never again by itself.
  const enrolment = useQuery({
    queryKey: ['totpEnrolment'],
    queryFn: beginTotp,
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    enabled: confirmed === null,
  });

  if (confirmed !== null) {
    return (
      <SignInFrame
        title="Keep your recovery codes"
        lead="If you lose the app, one of these codes stands in for it. They are shown only now."
      >
        <RecoveryCodeList codes={confirmed.recoveryCodes} onDone={() => onDone(confirmed.user)} />
      </SignInFrame>
    );
  }
  const mustConfirm = enrolment.error !== null && 'code' in enrolment.error && ['REAUTH_REQUIRED', 'STEP_UP_REQUIRED'].includes(String(enrolment.error.code));
  return (
    <SignInFrame
      title="Set up a second factor"
      lead="The administration needs more than a password: a code from an authenticator app on your phone or computer."
    >
      <Stack gap="md">
        {enrolment.isPending && (
          <Group gap="xs" role="status">
            <Loader size="sm" type="dots" />
            <Text size="sm">Making a secret for your app</Text>
          </Group>
        )}
        {mustConfirm && <ConfirmPasswordForm onConfirmed={() => void enrolment.refetch()} />}
        {enrolment.isError && !mustConfirm && (
          <ErrorNotice
            title="The set-up could not begin"
            cause={enrolment.error}
            onRetry={() => void enrolment.refetch()}
            retrying={enrolment.isFetching}
          />
        )}
        {enrolment.data !== undefined && (
          <AppSetupForm
            enrolment={enrolment.data}
            onConfirmed={(result) => {
              onConfirmed();
              setConfirmed(result);
            }}
          />
        )}
        <Button variant="subtle" onClick={() => signOut.mutate()} loading={signOut.isPending}>
          Sign out
        </Button>
      </Stack>
    </SignInFrame>
  );
}
