import { useLocalStorage } from '@mantine/hooks';

export const refreshChoices = [
  { value: '10', label: 'Every 10 s' },
  { value: '30', label: 'Every 30 s' },
  { value: '60', label: 'Every minute' },
  { value: '300', label: 'Every 5 min' },
  { value: '0', label: 'By hand only' },
] as const;

const defaultSeconds = '30';

/** Seconds between refreshes as chosen in this browser, as text for the picker; "0" is never. */
export function useRefreshSeconds(): [string, (value: string) => void] {
  const [stored, setStored] = useLocalStorage({
    key: 'k-services.refreshSeconds',
    defaultValue: defaultSeconds,
    getInitialValueInEffect: false,
  });
  const known = refreshChoices.some((choice) => choice.value === stored);
  return [known ? stored : defaultSeconds, setStored];
}
