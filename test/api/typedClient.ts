// Calls the running servers with types that are made from the documents alone. What the documents do not say,
// this file cannot use: the compiler refuses it.
import createClient from 'openapi-fetch';
import type { components as AdminComponents, paths as AdminPaths } from './adminApi.js';
import type { components, paths } from './publicApi.js';

type Schemas = components['schemas'];
type ErrorAnswer = Schemas['ErrorAnswer'];

function present<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`${what} is missing`);
  return value;
}

export interface Visit {
  user: Schemas['User'];
  sessions: Schemas['SessionList'];
  renamed: string | null;
  stale: ErrorAnswer['error']['code'];
  refused: ErrorAnswer['error']['code'];
}

/** Signs in, looks at the account, changes it with its ETag and once more with the old one. */
export async function visit(baseUrl: string, email: string, password: string): Promise<Visit> {
  const api = createClient<paths, 'application/json'>({ baseUrl });
  const refused = await api.POST('/api/auth/login', { body: { identifier: email, password: 'a wrong one of some length' } });
  const login = await api.POST('/api/auth/login', { body: { identifier: email, password } });
  const token = present(login.data?.access_token, 'access_token');
  const headers = { Authorization: `Bearer ${token}` };

  const me = await api.GET('/api/auth/me', { headers });
  const sessions = await api.GET('/api/auth/sessions', { headers });
  const tag = present(me.response.headers.get('ETag') ?? undefined, 'ETag');
  const change = (name: string) => api.PATCH('/api/auth/me', { params: { header: { 'If-Match': tag } }, body: { display_name: name }, headers });
  const renamed = await change('Typed');
  const stale = await change('Late');
  return {
    user: present(me.data, 'the user'),
    sessions: present(sessions.data, 'the sessions'),
    renamed: present(renamed.data, 'the renamed user').display_name,
    stale: present(stale.error, 'the refusal of the old version').error.code,
    refused: present(refused.error, 'the refusal of the wrong password').error.code,
  };
}

export interface Administration {
  users: AdminComponents['schemas']['UserRowList'];
  roles: AdminComponents['schemas']['RoleList'];
  settings: AdminComponents['schemas']['Settings'];
}

/** What an administrator's key reads. */
export async function administer(baseUrl: string, key: string): Promise<Administration> {
  const api = createClient<AdminPaths, 'application/json'>({ baseUrl, headers: { Authorization: `Bearer ${key}` } });
  const users = await api.GET('/api/admin/users', { params: { query: { limit: 1, count: 'exact' } } });
  const roles = await api.GET('/api/admin/roles');
  const settings = await api.GET('/api/admin/settings');
  return { users: present(users.data, 'users'), roles: present(roles.data, 'roles'), settings: present(settings.data, 'settings') };
}

// A change that needs the version cannot be written without it.
export const withoutVersion = (api: ReturnType<typeof createClient<AdminPaths, 'application/json'>>, id: string) =>
  // @ts-expect-error If-Match is required
  api.PATCH('/api/admin/users/{id}', { params: { path: { id } }, body: { locale: 'en' } });
