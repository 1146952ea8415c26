import { changePassword, describeError, signIn, type ApiError, type SignInOutcome } from '@k/shared';
import { Button, Group, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { checkNewPassword, shortestPassword } from './newPasswordRule';
import { SignInAlert } from './signInAlert';
import type { Credentials } from './signInForm';
import { describeSignInError } from './signInMessage';
import { useCountdown } from './useCountdown';

interface PasswordChangeFormProps {
  credentials: Credentials;
  onOutcome: (outcome: SignInOutcome) => void;
  onCancel: () => void;
}

export function PasswordChangeForm({ credentials, onOutcome, onCancel }: PasswordChangeFormProps) {
  const [newPassword, setNewPassword] = useState('');
  const [repeated, setRepeated] = useState('');
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [changed, setChanged] = useState(false);
  const [codeNeeded, setCodeNeeded] = useState(false);
  const [code, setCode] = useState('');
  const [error, setError] = useState<ApiError | null>(null);
  const [waitUntil, setWaitUntil] = useState(0);
  const leftS = useCountdown(waitUntil);

  const fault = checkNewPassword(newPassword, credentials.password);
  const differs = repeated !== newPassword;
  const fieldError = error !== null && (error.field === 'new_password' || error.code.startsWith('PASSWORD_'));

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (busy || leftS > 0 || fault !== undefined || differs || (codeNeeded && code.trim() === '')) return;
    setBusy(true);
    setError(null);
    try {
      // The change may have worked and the sign-in after it not: then only the sign-in is tried again.
      if (!changed) {
        await changePassword(credentials.identifier, credentials.password, newPassword, code.trim());
        setChanged(true);
      }
      onOutcome(await signIn({ ...credentials, password: newPassword }));
    } catch (cause) {
      const failure = describeError(cause);
      if (failure.code === 'MFA_REQUIRED') {
        setCodeNeeded(true);
        setAsked(false);
        return;
      }
      setCode('');
      setError(failure);
      setWaitUntil(Date.now() + (describeSignInError(failure).waitS ?? 0) * 1_000);
    } finally {
      setBusy(false);
    }
  };

  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap="md">
        {error !== null && !fieldError && (
          <SignInAlert message={describeSignInError(error)} requestId={error.requestId} leftS={leftS} />
        )}
        <input type="hidden" name="username" autoComplete="username" value={credentials.identifier} readOnly />
        <PasswordInput
          label="New password"
          description={`At least ${shortestPassword} characters; a few unrelated words do well.`}
          name="new-password"
          autoComplete="new-password"
          autoFocus
          disabled={changed}
          value={newPassword}
          onChange={(event) => setNewPassword(event.currentTarget.value)}
          error={fieldError ? error.message : asked ? fault : undefined}
          visibilityToggleButtonProps={{ 'aria-label': 'Show the new password' }}
        />
        <PasswordInput
          label="New password again"
          name="repeat-password"
          autoComplete="new-password"
          disabled={changed}
          value={repeated}
          onChange={(event) => setRepeated(event.currentTarget.value)}
          error={asked && differs ? 'The two do not match' : undefined}
          visibilityToggleButtonProps={{ 'aria-label': 'Show the repeated password' }}
        />
        {codeNeeded && (
          <TextInput
            label="Code of the authenticator app, or a recovery code"
            description="The account has a second factor. Signing in afterwards takes the next code."
            name="code"
            autoComplete="one-time-code"
            autoFocus
            disabled={changed}
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
            error={asked && code.trim() === '' ? 'Enter a code' : undefined}
          />
        )}
        <Group grow>
          <Button variant="default" size="md" onClick={onCancel} disabled={busy}>
            Back
          </Button>
          <Button type="submit" size="md" loading={busy} disabled={leftS > 0}>
            {leftS > 0 ? `Wait ${leftS} s` : changed ? 'Sign in' : 'Save'}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
