import { describeError, verifyFactor, type ApiError, type FactorDemand, type User } from '@k/shared';
import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { CodeInput } from './codeInput';
import { SignInAlert } from './signInAlert';
import { describeSignInError } from './signInMessage';
import { useCountdown } from './useCountdown';

interface SecondFactorFormProps {
  demand: FactorDemand;
  onSignedIn: (user: User) => void;
  onCancel: () => void;
}

/** The code of the authenticator app, or a recovery code where the app is lost. */
export function SecondFactorForm({ demand, onSignedIn, onCancel }: SecondFactorFormProps) {
  const [byRecoveryCode, setByRecoveryCode] = useState(false);
  const [code, setCode] = useState('');
  const [busy, setBusy] = useState(false);
  const [asked, setAsked] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const [waitUntil, setWaitUntil] = useState(0);
  const leftS = useCountdown(waitUntil);
  const over = error?.code === 'MFA_TOKEN_EXPIRED';

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (busy || over || leftS > 0 || code.trim() === '') return;
    setBusy(true);
    setError(null);
    try {
      onSignedIn(await verifyFactor(demand.token, byRecoveryCode ? 'recovery_code' : 'totp', code.trim()));
    } catch (cause) {
      const fault = describeError(cause);
      setError(fault);
      setCode('');
      setAsked(false);
      setWaitUntil(Date.now() + (describeSignInError(fault).waitS ?? 0) * 1_000);
    } finally {
      setBusy(false);
    }
  };
  const change = () => {
    setByRecoveryCode(!byRecoveryCode);
    setCode('');
    setAsked(false);
    setError(null);
  };

  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap="md">
        {error !== null && (
          <SignInAlert message={describeSignInError(error)} requestId={error.requestId} leftS={leftS} />
        )}
        {byRecoveryCode ? (
          <TextInput
            key="recovery"
            label="Recovery code"
            description="One of the codes that you kept when the app was set up. Each is accepted once."
            name="recovery-code"
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
            autoFocus
            disabled={over}
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
            error={asked && code.trim() === '' ? 'Enter a recovery code' : undefined}
          />
        ) : (
          <CodeInput value={code} onChange={setCode} asked={asked} disabled={over} />
        )}
        <Group grow>
          <Button variant="default" size="md" onClick={onCancel} disabled={busy}>
            Back
          </Button>
          <Button type="submit" size="md" loading={busy} disabled={leftS > 0 || over}>
            {leftS > 0 ? `Wait ${leftS} s` : 'Sign in'}
          </Button>
        </Group>
        {demand.methods.includes('recovery_code') && !over && (
          <Button variant="subtle" onClick={change} disabled={busy}>
            {byRecoveryCode ? 'Use the authenticator app' : 'Use a recovery code'}
          </Button>
        )}
      </Stack>
    </form>
  );
}
