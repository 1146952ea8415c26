import { confirmPassword, describeError, type ApiError } from '@k/shared';
import { Button, PasswordInput, Stack, Text } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { SignInAlert } from './signInAlert';
import { describeSignInError } from './signInMessage';

/** For what needs a sign-in of the last minutes. */
export function ConfirmPasswordForm({ onConfirmed }: { onConfirmed: () => void }) {
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy || password === '') return;
    setBusy(true);
    setError(null);
    try {
      await confirmPassword(password);
      onConfirmed();
    } catch (cause) {
      setError(describeError(cause));
    } finally {
      setBusy(false);
    }
  };

  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap="md">
        <Text size="sm">Your sign-in is some time ago. Confirm that it is you.</Text>
        {error !== null && <SignInAlert message={describeSignInError(error)} requestId={error.requestId} leftS={0} />}
        <PasswordInput
          label="Password"
          name="password"
          autoComplete="current-password"
          autoFocus
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
        />
        <Button type="submit" size="md" loading={busy}>
          Confirm
        </Button>
      </Stack>
    </form>
  );
}
