import { Button, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { Link } from 'react-router';

export function NotFoundPage() {
  useDocumentTitle('Not found · k-services admin');
  return (
    <Stack align="flex-start" py="xl" gap="sm">
      <Title order={1}>There is no such page</Title>
      <Text c="dimmed">The address may be mistyped, or the page has moved.</Text>
      <Button component={Link} to="/">
        To the dashboard
      </Button>
    </Stack>
  );
}
