import { ErrorNotice, type User } from '@k/shared';
import { Button, Code, Stack, Text } from '@mantine/core';
import { SignInFrame } from './signInFrame';
import { useSignOut } from './useSignOut';

interface NoAccessPageProps {
  user: User;
  permission: string;
}

export function NoAccessPage({ user, permission }: NoAccessPageProps) {
  const signOut = useSignOut();
  return (
    <SignInFrame title="No access" lead="You are signed in, but this account may not see the administration.">
      <Stack gap="sm">
        <Text size="sm">
          {user.email} lacks the permission <Code>{permission}</Code>. An administrator can grant it; or sign in with
          another account.
        </Text>
        {signOut.isError && <ErrorNotice title="You could not be signed out" cause={signOut.error} />}
        <Button onClick={() => signOut.mutate()} loading={signOut.isPending}>
          Sign out
        </Button>
      </Stack>
    </SignInFrame>
  );
}
