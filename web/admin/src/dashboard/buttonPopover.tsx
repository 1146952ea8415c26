import { Popover, UnstyledButton } from '@mantine/core';
import { type ReactNode, useState } from 'react';

interface ButtonPopoverProps {
  /** Class of the button. */
  className: string;
  /** What the button shows. */
  label: ReactNode;
  /** What the popover is called by screen readers. */
  title: string;
  width: number;
  /** Without space around the content. */
  flush?: boolean;
  level?: string;
  testId?: string;
  children: ReactNode;
}

/**
 * A button that shows more when clicked. Escape closes it from the button too: the popover takes the focus a moment
 * after it is shown, and Mantine listens for the key only inside of it.
 */
export function ButtonPopover({ className, label, title, width, flush, level, testId, children }: ButtonPopoverProps) {
  const [opened, setOpened] = useState(false);
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" width={width} shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <UnstyledButton
          className={className}
          data-level={level}
          data-testid={testId}
          onClick={() => setOpened((before) => !before)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') setOpened(false);
          }}
        >
          {label}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown p={flush ? 0 : undefined} aria-label={title}>
        {children}
      </Popover.Dropdown>
    </Popover>
  );
}
