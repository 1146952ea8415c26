import { describeError, signIn, type ApiError, type SignInOutcome } from '@k/shared';
import { Button, Checkbox, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { SignInAlert } from './signInAlert';
import { describeSignInError } from './signInMessage';
import { useCountdown } from './useCountdown';

export interface Credentials {
  identifier: string;
  password: string;
  remember: boolean;
}

interface SignInFormProps {
  onOutcome: (outcome: SignInOutcome) => void;
  onMustChangePassword: (credentials: Credentials) => void;
}

export function SignInForm({ onOutcome, onMustChangePassword }: SignInFormProps) {
  const [identifier, setIdentifier] = useState('');
  const [password, setPassword] = useState('');
  const [remember, setRemember] = useState(false);
  const [busy, setBusy] = useState(false);
  const [asked, setAsked] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const [waitUntil, setWaitUntil] = useState(0);
  const leftS = useCountdown(waitUntil);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (busy || leftS > 0 || identifier.trim() === '' || password === '') return;
    const credentials = { identifier: identifier.trim(), password, remember };
    setBusy(true);
    setError(null);
    try {
      onOutcome(await signIn(credentials));
    } catch (cause) {
      const fault = describeError(cause);
      if (fault.code === 'PASSWORD_CHANGE_REQUIRED') {
        onMustChangePassword(credentials);
        return;
      }
      setError(fault);
      setWaitUntil(Date.now() + (describeSignInError(fault).waitS ?? 0) * 1_000);
    } finally {
      setBusy(false);
    }
  };

  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap="md">
        {error !== null && (
          <SignInAlert message={describeSignInError(error)} requestId={error.requestId} leftS={leftS} />
        )}
        <TextInput
          label="E-mail address or user name"
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
          value={identifier}
          onChange={(event) => setIdentifier(event.currentTarget.value)}
          error={asked && identifier.trim() === '' ? 'Enter your e-mail address or user name' : undefined}
        />
        <PasswordInput
          label="Password"
          name="password"
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          error={asked && password === '' ? 'Enter your password' : undefined}
          visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
        />
        <Checkbox
          label="Keep me signed in on this device"
          checked={remember}
          onChange={(event) => setRemember(event.currentTarget.checked)}
        />
        <Button type="submit" size="md" loading={busy} disabled={leftS > 0}>
          {leftS > 0 ? `Wait ${leftS} s` : 'Sign in'}
        </Button>
      </Stack>
    </form>
  );
}
