import { ChartIcon, TableIcon } from '@k/shared';
import { SegmentedControl, VisuallyHidden } from '@mantine/core';

export type Look = 'chart' | 'table';

interface LookSwitchProps {
  of: string;
  value: Look;
  onChange: (look: Look) => void;
}

/** The same numbers as a picture or as a table. */
export function LookSwitch({ of, value, onChange }: LookSwitchProps) {
  return (
    <SegmentedControl
      size="xs"
      aria-label={`${of}: show as`}
      value={value}
      onChange={(look) => onChange(look as Look)}
      data={[
        {
          value: 'chart',
          label: (
            <span className="lookSwitch-label" title="Chart">
              <ChartIcon size={16} />
              <VisuallyHidden>Chart</VisuallyHidden>
            </span>
          ),
        },
        {
          value: 'table',
          label: (
            <span className="lookSwitch-label" title="Table">
              <TableIcon size={16} />
              <VisuallyHidden>Table</VisuallyHidden>
            </span>
          ),
        },
      ]}
    />
  );
}
