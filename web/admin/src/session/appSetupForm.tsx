import { confirmTotp, describeError, type ApiError, type TotpConfirmed, type TotpEnrolment } from '@k/shared';
import { Button, Code, Stack, Text } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { useState, type FormEvent } from 'react';
import { CodeInput } from './codeInput';
import { SignInAlert } from './signInAlert';
import { describeSignInError } from './signInMessage';

interface AppSetupFormProps {
  enrolment: TotpEnrolment;
  onConfirmed: (confirmed: TotpConfirmed) => void;
}

/** In groups of four, which are easier to copy by hand; apps ignore the spaces. */
export function groupSecret(secret: string): string {
  return secret.match(/.{1,4}/g)?.join(' ') ?? '';
}

export function AppSetupForm({ enrolment, onConfirmed }: AppSetupFormProps) {
  const [code, setCode] = useState('');
  const [busy, setBusy] = useState(false);
  const [asked, setAsked] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const clipboard = useClipboard({ timeout: 2_000 });

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (busy || code.trim() === '') return;
    setBusy(true);
    setError(null);
    try {
      onConfirmed(await confirmTotp(enrolment.factor_id, code.trim()));
    } catch (cause) {
      setError(describeError(cause));
      setCode('');
      setAsked(false);
    } finally {
      setBusy(false);
    }
  };

  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap="md">
        <Text size="sm">1. Scan this picture with the app, or type the secret below it.</Text>
        {/* Made by this installation's own API of black and white squares. */}
        <div
          className="enrolment-picture"
          role="img"
          aria-label="QR code with the secret for the authenticator app"
          dangerouslySetInnerHTML={{ __html: enrolment.qr_svg }}
        />
        <div>
          <Text size="sm" id="totp-secret-label" fw={500}>
            Secret
          </Text>
          <Code block aria-labelledby="totp-secret-label" role="group" data-testid="totp-secret">
            {groupSecret(enrolment.secret)}
          </Code>
          <Button variant="subtle" size="compact-sm" mt={4} onClick={() => clipboard.copy(enrolment.secret)}>
            {clipboard.copied ? 'Copied' : 'Copy the secret'}
          </Button>
        </div>
        <Text size="sm">2. Type the code that the app shows.</Text>
        {error !== null && <SignInAlert message={describeSignInError(error)} requestId={error.requestId} leftS={0} />}
        <CodeInput value={code} onChange={setCode} asked={asked} />
        <Button type="submit" size="md" loading={busy}>
          Confirm
        </Button>
      </Stack>
    </form>
  );
}
