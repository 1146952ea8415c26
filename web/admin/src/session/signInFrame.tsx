import { BrandMark, ColorSchemeSwitch } from '@k/shared';
import { Group, Paper, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';

interface SignInFrameProps {
  title: string;
  lead: string;
  children: ReactNode;
}

/** The one card in the middle of the pages that are shown without the app's own frame. */
export function SignInFrame({ title, lead, children }: SignInFrameProps) {
  useDocumentTitle(`${title} · k-services admin`);
  return (
    <div className="signIn">
      <header className="signIn-header">
        <Group gap="sm">
          <BrandMark />
          <Text fw={600}>k-services</Text>
        </Group>
        <ColorSchemeSwitch />
      </header>
      <main className="signIn-main">
        <Paper className="k-panel" p={{ base: 'lg', xs: 'xl' }} w="100%" maw={420}>
          <Title order={1}>{title}</Title>
          <Text size="sm" c="dimmed" mt={4} mb="lg">
            {lead}
          </Text>
          {children}
        </Paper>
      </main>
    </div>
  );
}
