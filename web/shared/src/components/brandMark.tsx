/** The product's sign: a gate of three bars. */
export function BrandMark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" fill="#0072b2" />
      <path d="M9.5 8v16" stroke="#fff" strokeWidth="3.2" strokeLinecap="round" />
      <path d="M22 8.5 13.8 16 22 23.5" stroke="#fff" strokeWidth="3.2" strokeLinecap="round" strokeLinejoin="round" fill="none" />
      <circle cx="23" cy="16" r="1.9" fill="#e69f00" />
    </svg>
  );
}
