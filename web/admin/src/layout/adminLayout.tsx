import { BrandMark, ColorSchemeSwitch } from '@k/shared';
import { Group, Text } from '@mantine/core';
import { NavLink, Outlet } from 'react-router';
import { UserMenu } from './userMenu';

const pages = [{ to: '/', label: 'Dashboard' }];

export function AdminLayout() {
  return (
    <>
      <a className="k-skipLink" href="#main">
        Skip to the content
      </a>
      <header className="appHeader">
        <div className="appHeader-inner">
          <Group gap="sm" wrap="nowrap">
            <BrandMark />
            <Text fw={600} visibleFrom="xs">
              k-services
            </Text>
          </Group>
          <nav aria-label="Pages" className="appHeader-nav">
            {pages.map((page) => (
              <NavLink key={page.to} to={page.to} end className="appHeader-link">
                {page.label}
              </NavLink>
            ))}
          </nav>
          <Group gap="xs" wrap="nowrap">
            <ColorSchemeSwitch />
            <UserMenu />
          </Group>
        </div>
      </header>
      <main id="main" tabIndex={-1} className="appMain">
        <Outlet />
      </main>
    </>
  );
}
