import { TextInput } from '@mantine/core';

interface CodeInputProps {
  value: string;
  onChange: (value: string) => void;
  /** The form was sent: what is missing is said. */
  asked: boolean;
  disabled?: boolean;
}

export function CodeInput({ value, onChange, asked, disabled = false }: CodeInputProps) {
  return (
    <TextInput
      key="code"
      label="Code of the authenticator app"
      description="Six digits, new every 30 seconds."
      name="code"
      inputMode="numeric"
      autoComplete="one-time-code"
      autoFocus
      disabled={disabled}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={asked && value.trim() === '' ? 'Enter the six digits' : undefined}
    />
  );
}
