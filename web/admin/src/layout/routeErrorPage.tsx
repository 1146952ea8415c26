import { Button, Code, Container, Stack, Text, Title } from '@mantine/core';
import { useRouteError } from 'react-router';

/** Shown where the page itself broke, for example when a part of it could not be loaded after an update. */
export function RouteErrorPage() {
  const cause = useRouteError();
  return (
    <Container size="xs" py={80} component="main">
      <Stack gap="sm" align="flex-start">
        <Title order={1}>This page broke</Title>
        <Text>Usually the installation was updated while the page was open. Loading it again helps.</Text>
        {cause instanceof Error && <Code>{cause.message}</Code>}
        <Button onClick={() => window.location.reload()}>Load again</Button>
      </Stack>
    </Container>
  );
}
