import { confirmCode, describeError, type ApiError } from '@k/shared';
import { Button, Stack } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { CodeInput } from './codeInput';
import { stepUpKey, userKey } from './sessionQuery';
import { SignInAlert } from './signInAlert';
import { SignInFrame } from './signInFrame';
import { describeSignInError } from './signInMessage';
import { useCountdown } from './useCountdown';
import { useSignOut } from './useSignOut';

/** The session went on from another browser or network: a code confirms it here. */
export function StepUpPage() {
  const client = useQueryClient();
  const signOut = useSignOut();
  const [code, setCode] = useState('');
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const [waitUntil, setWaitUntil] = useState(0);
  const leftS = useCountdown(waitUntil);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (busy || leftS > 0 || code.trim() === '') return;
    setBusy(true);
    setError(null);
    try {
      client.setQueryData(userKey, await confirmCode(code.trim()));
      client.setQueryData(stepUpKey, false);
      await client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== userKey[0] && queryKey[0] !== stepUpKey[0] });
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

  return (
    <SignInFrame
      title="Confirm that it is you"
      lead="Your session went on from another browser or network. A code of your authenticator app confirms it here."
    >
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Stack gap="md">
          {error !== null && (
            <SignInAlert message={describeSignInError(error)} requestId={error.requestId} leftS={leftS} />
          )}
          <CodeInput value={code} onChange={setCode} asked={asked} />
          <Button type="submit" size="md" loading={busy} disabled={leftS > 0}>
            {leftS > 0 ? `Wait ${leftS} s` : 'Confirm'}
          </Button>
          <Button variant="subtle" onClick={() => signOut.mutate()} disabled={busy || signOut.isPending}>
            Sign out
          </Button>
        </Stack>
      </form>
    </SignInFrame>
  );
}
