import type { ReactNode } from 'react';

interface IconProps {
  size?: number;
}

/** Icons are drawn here, in one stroke width, and are decoration: the text beside them (or an aria-label) says it. */
function makeIcon(paths: ReactNode) {
  return function Icon({ size = 18 }: IconProps) {
    return (
      <svg
        width={size}
        height={size}
        viewBox="0 0 24 24"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.8"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
        focusable="false"
      >
        {paths}
      </svg>
    );
  };
}

export const SunIcon = makeIcon(
  <>
    <circle cx="12" cy="12" r="4" />
    <path d="M12 3v1.5M12 19.5v1.5M3 12h1.5M19.5 12H21M5.6 5.6l1.1 1.1M17.3 17.3l1.1 1.1M5.6 18.4l1.1-1.1M17.3 6.7l1.1-1.1" />
  </>,
);
export const MoonIcon = makeIcon(<path d="M20 14.5A8 8 0 0 1 9.5 4a8 8 0 1 0 10.5 10.5Z" />);
export const ScreenIcon = makeIcon(
  <>
    <rect x="3" y="4.5" width="18" height="12" rx="2" />
    <path d="M9 20h6M12 16.5V20" />
  </>,
);
export const RefreshIcon = makeIcon(<path d="M20 11a8 8 0 0 0-14.3-4L4 9M4 4.5V9h4.5M4 13a8 8 0 0 0 14.3 4L20 15M20 19.5V15h-4.5" />);
export const WarningIcon = makeIcon(
  <>
    <path d="M12 4 2.8 19.5h18.4L12 4Z" />
    <path d="M12 10v4M12 16.9v.1" />
  </>,
);
export const ClockIcon = makeIcon(
  <>
    <circle cx="12" cy="12" r="8.5" />
    <path d="M12 7.5V12l3 2" />
  </>,
);
export const CheckIcon = makeIcon(<path d="m5 12.5 4.5 4.5L19 7.5" />);
export const ArrowUpIcon = makeIcon(<path d="M12 19V5M6 11l6-6 6 6" />);
export const ArrowDownIcon = makeIcon(<path d="M12 5v14M6 13l6 6 6-6" />);
export const EqualIcon = makeIcon(<path d="M6 9.5h12M6 14.5h12" />);
export const ChartIcon = makeIcon(<path d="M4 20V4M4 20h16M8.5 16v-4M13 16V8M17.5 16v-6" />);
export const TableIcon = makeIcon(
  <>
    <rect x="3.5" y="4.5" width="17" height="15" rx="2" />
    <path d="M3.5 9.5h17M3.5 14.5h17M10 9.5v10" />
  </>,
);
export const UserIcon = makeIcon(
  <>
    <circle cx="12" cy="8.5" r="4" />
    <path d="M4.5 20a7.5 7.5 0 0 1 15 0" />
  </>,
);
export const SignOutIcon = makeIcon(<path d="M14 4.5H6.5a2 2 0 0 0-2 2v11a2 2 0 0 0 2 2H14M10 12h10.5M17 8.5l3.5 3.5-3.5 3.5" />);
export const ChevronIcon = makeIcon(<path d="m7 10 5 5 5-5" />);
export const EmptyIcon = makeIcon(
  <>
    <path d="M4 13.5 6.5 5h11L20 13.5V19H4v-5.5Z" />
    <path d="M4 13.5h4.5a3.5 3.5 0 0 0 7 0H20" />
  </>,
);
