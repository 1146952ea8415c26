// The API documents themselves.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { codesOfTheSource, documentFile, documents, operations } from './documents.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));

// Every unsafe operation of the administration is in one of the two: whoever adds one decides.
const freshOnly = `addBlock addWebhook changeRole changeSettings changeUser changeUsers changeWebhook createMachineKey createRole createUser deleteRole deleteUser
  grantSuperadmin importUsers impersonateUser liftBlock removeWebhook renewWebhookSecret requireUserPasswordChange resetUserFactors resetUserPassword rotateMachineKey
  rotateSigningKeys setRolePermissions setUserRoles suspendUser unlockUser unsuspendUser verifyUserEmail`.split(/\s+/);
const anySession = `addBan liftBan lookUpUser redeliver
  resolveActivity revokeMachineKey revokeSessions revokeUserSession revokeUserSessions stopImpersonation testWebhook withdrawSuperadmin`.split(/\s+/);

test('what gives or takes accounts, roles, keys, webhooks and settings needs a fresh sign-in', () => {
  const unsafe = operations.filter(({ document, method }) => document === 'admin' && !['get', 'head'].includes(method)).map(({ operation }) => operation);
  const fresh = unsafe.filter((operation) => operation['x-recent-authentication-minutes'] === 10).map(({ operationId }) => operationId);
  assert.deepEqual(fresh.sort(), [...freshOnly].sort());
  assert.deepEqual(unsafe.map(({ operationId }) => operationId).filter((id) => !fresh.includes(id)).sort(), [...anySession].sort());
});

for (const name of Object.keys(documents)) {
  test(`${name}: the linter has nothing to say`, () => {
    try {
      execFileSync(process.execPath, ['node_modules/@redocly/cli/bin/cli.js', 'lint', '--config=redocly.yaml', '--format=stylish', documentFile(name)], { cwd: here, stdio: 'pipe', encoding: 'utf8' });
    } catch (error) {
      assert.fail(error.stdout + error.stderr);
    }
  });

  test(`${name}: the web apps are made from this document`, () => {
    const kept = JSON.parse(readFileSync(new URL(`../../web/shared/api/${name}.json`, import.meta.url), 'utf8'));
    assert.deepEqual(
      kept,
      documents[name],
      `web/shared/api/${name}.json is out of date: build/release/apps/k-${name} --openapi > web/shared/api/${name}.json, then npm run generate in web/, and commit it`,
    );
  });

  test(`${name}: the error codes are those of core/errorCode.cpp, each under its status`, () => {
    const codes = codesOfTheSource();
    assert.ok(Object.keys(codes).length > 30);
    assert.deepEqual([...documents[name].components.schemas.ErrorCode.enum].sort(), Object.keys(codes).sort());
    for (const { document, path, method, operation } of operations.filter((one) => one.document === name)) {
      for (const [status, response] of Object.entries(operation.responses)) {
        for (const code of response['x-error-codes'] ?? []) {
          assert.equal(String(codes[code]), status, `${document} ${method} ${path}: ${code}`);
        }
        if (Number(status) >= 400 && !response['x-error-codes']) assert.ok(path.includes('/health'), `${method} ${path} ${status} names no codes`);
      }
    }
  });

  test(`${name}: every operation says who may call it and what it refuses`, () => {
    const ids = new Set();
    for (const { path, method, operation } of operations.filter((one) => one.document === name)) {
      const said = `${method} ${path}`;
      assert.ok(operation.operationId && !ids.has(operation.operationId), `${said}: operationId`);
      ids.add(operation.operationId);
      assert.ok(operation.summary?.length > 0, `${said}: summary`);
      assert.ok(Array.isArray(operation.security), `${said}: security`);
      const { responses } = operation;
      assert.ok(Object.keys(responses).some((status) => status.startsWith('2')), said);
      if (operation.security.length > 0) assert.ok(responses[401], `${said}: 401`);
      if (operation.requestBody) for (const status of [400, 413, 415]) assert.ok(responses[status], `${said}: ${status}`);
    }
  });
}
