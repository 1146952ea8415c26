const colors: Record<string, string> = {
  auth: 'var(--k-service-auth)',
  payment: 'var(--k-service-payment)',
  admin: 'var(--k-service-admin)',
  gateway: 'var(--k-service-gateway)',
};

export function serviceColor(service: string): string {
  return colors[service] ?? 'var(--mantine-color-dimmed)';
}
