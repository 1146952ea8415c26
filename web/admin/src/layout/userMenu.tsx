import { ChevronIcon, ErrorNotice, SignOutIcon, UserIcon } from '@k/shared';
import { Button, Menu, Modal, Text } from '@mantine/core';
import { useUser } from '../session/sessionQuery';
import { useSignOut } from '../session/useSignOut';

export function UserMenu() {
  const { data: user } = useUser();
  const signOut = useSignOut();
  if (!user) return null;
  const name = user.display_name || user.username || user.email;
  return (
    <>
      <Menu position="bottom-end" width={240} withinPortal={false} withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <Button
            variant="default"
            h={36}
            px="sm"
            leftSection={<UserIcon />}
            rightSection={<ChevronIcon size={14} />}
            aria-label={`Your account: ${name}`}
            classNames={{ label: 'userMenu-label' }}
          >
            {name}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <div className="userMenu-who">
            <Text size="sm" fw={600} truncate>
              {name}
            </Text>
            <Text size="xs" c="dimmed" truncate>
              {user.email}
            </Text>
            <Text size="xs" c="dimmed" mt={2}>
              {user.roles.join(', ')}
            </Text>
          </div>
          <Menu.Divider />
          <Menu.Item
            leftSection={<SignOutIcon size={16} />}
            closeMenuOnClick={false}
            disabled={signOut.isPending}
            onClick={() => signOut.mutate()}
          >
            {signOut.isPending ? 'Signing out' : 'Sign out'}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={signOut.isError} onClose={() => signOut.reset()} title="You are still signed in" centered>
        <ErrorNotice
          title="Signing out did not work"
          cause={signOut.error}
          onRetry={() => signOut.mutate()}
          retrying={signOut.isPending}
        />
      </Modal>
    </>
  );
}
