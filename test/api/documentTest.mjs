// The API documents themselves.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { codesOfTheSource, documentFile, documents, operations, responseOf } from './documents.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));

// Every unsafe operation of the administration is in one of the two: whoever adds one decides.
const freshOnly = `addBlock addWebhook cancelRefund changeRole changeSettings changeUser changeUsers changeWebhook completeRefund createMachineKey createRole
  createUser decidePayment deleteRole deleteUser grantSuperadmin impersonateUser importUsers liftBlock refundPayment removeWebhook renewWebhookSecret
  requireUserPasswordChange resetUserFactors resetUserPassword resolveReconciliationItem rotateMachineKey rotateSigningKeys setRolePermissions setUserRoles suspendUser unlockUser
  unsuspendUser verifyUserEmail`.split(/\s+/);
const anySession = `addBan askAboutPayment liftBan lookUpUser reconcilePayments redeliver replayBankNotice resolveActivity
  revokeMachineKey revokeSessions revokeUserSession revokeUserSessions stopImpersonation testWebhook withdrawSuperadmin`.split(/\s+/);

test('what gives or takes accounts, roles, keys, webhooks and settings needs a fresh sign-in', () => {
  const unsafe = operations.filter(({ document, method }) => document === 'admin' && !['get', 'head'].includes(method)).map(({ operation }) => operation);
  const fresh = unsafe.filter((operation) => operation['x-recent-authentication-minutes'] === 10).map(({ operationId }) => operationId);
  assert.deepEqual(fresh.sort(), [...freshOnly].sort());
  assert.deepEqual(unsafe.map(({ operationId }) => operationId).filter((id) => !fresh.includes(id)).sort(), [...anySession].sort());
});

// Routes read messages that also have members which only the servers fill: whoever lets callers send one more, decides.
const sendable = `account action active actor address after_line allowed_cidrs amount answered bank_reference browser class code count created_after
  created_before created_by currency current_password cursor customer_name day deliver description device device_id display_name dry_run email email_verified
  events expires_at expires_in_s external_id filter format from from_seq id identifier ids interval ip keep_current keep_keys kind last_login_before
  last_seen_before latency limit locale matched merchant_ref metadata metadata_admin method metric mfa mfa_token mode name new_email new_password note op
  outcome overlap_s password password_hash pattern payment_id permissions process q range rank rate_limited reason recovery_code refresh_token remember
  remote_ip request_id resolved revoke_other_sessions role roles route run_id scope scopes service settings severity sort standing status to token totp
  transport ttl type until url user_agent user_id username value variable verdict`.split(/\s+/);

test('callers may send these members and query parameters, and no others', () => {
  const sent = new Set();
  const collect = (document, schema, seen = []) => {
    if (schema.$ref) {
      if (seen.includes(schema.$ref)) return;
      collect(document, documents[document].components.schemas[schema.$ref.split('/').at(-1)], [...seen, schema.$ref]);
    }
    for (const [name, inner] of Object.entries(schema.properties ?? {})) {
      if (!/^K_[A-Z_]+$/.test(name)) sent.add(name); // settings, which a test of their own lists
      collect(document, inner, seen);
    }
    for (const inner of [schema.items, ...(schema.allOf ?? []), ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]) if (inner) collect(document, inner, seen);
  };
  for (const { document, operation } of operations) {
    for (const { schema } of Object.values(operation.requestBody?.content ?? {})) collect(document, schema);
    for (const one of operation.parameters ?? []) {
      const parameter = one.$ref ? documents[document].components.parameters[one.$ref.split('/').at(-1)] : one;
      if (parameter.in === 'query') sent.add(parameter.name);
    }
  }
  assert.deepEqual([...sent].sort(), sendable);
});

for (const name of Object.keys(documents)) {
  const linters = {
    Redocly: ['@redocly/cli/bin/cli.js', 'lint', '--config=redocly.yaml', '--format=stylish'],
    Spectral: ['@stoplight/spectral-cli/dist/index.js', 'lint', '--ruleset=spectral.yaml', '--fail-severity=hint', '--quiet'],
  };
  for (const [linter, [program, ...words]] of Object.entries(linters)) {
    test(`${name}: ${linter} has nothing to say`, () => {
      try {
        execFileSync(process.execPath, [`node_modules/${program}`, ...words, documentFile(name)], { cwd: here, stdio: 'pipe', encoding: 'utf8' });
      } catch (error) {
        assert.fail(error.stdout + error.stderr);
      }
    });
  }

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
      const said = `${document} ${method} ${path}`;
      for (const [status, names] of Object.entries(operation['x-error-codes'])) {
        for (const code of names) assert.equal(String(codes[code]), status, `${said}: ${code}`);
        assert.ok(responseOf(document, operation, status).content['application/json'].example, `${said} ${status}`);
      }
      for (const [status, response] of Object.entries(operation.responses)) {
        if (Number(status) >= 400 && !path.includes('/health')) assert.match(response.$ref, /^#\/components\/responses\//, `${said} ${status}`);
        assert.equal(Boolean(response.$ref), Boolean(operation['x-error-codes'][status]), `${said} ${status} and its codes`);
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

  test(`${name}: operations, bodies, fields' owners and tags are described and have examples`, () => {
    const { components, tags } = documents[name];
    for (const { description } of tags) assert.match(description, /^[A-Z].{20,}\.$/);
    for (const { path, method, operation } of operations.filter((one) => one.document === name)) {
      assert.ok(operation.description.length > 15, `${method} ${path}`);
      if (operation.requestBody) assert.ok(operation.requestBody.description, `${method} ${path}: body`);
    }
    for (const [schema, { type, description, examples }] of Object.entries(components.schemas)) {
      assert.ok(description, `${schema}: description`);
      if (type === 'object' && schema !== 'ErrorAnswer') assert.equal(examples.length, 1, `${schema}: example`);
    }
  });

  test(`${name}: the examples are good, and versions are asked for and given`, () => {
    const ajv = new Ajv2020({ strict: false, validateSchema: false });
    addFormats(ajv);
    ajv.addSchema(documents[name], name);
    for (const [schema, { examples = [] }] of Object.entries(documents[name].components.schemas)) {
      const validate = ajv.compile({ $ref: `${name}#/components/schemas/${schema}` });
      for (const example of examples) assert.ok(validate(example), `${schema}: ${JSON.stringify(validate.errors)}`);
    }
    for (const { path, method, operation } of operations.filter((one) => one.document === name)) {
      const names = (operation.parameters ?? []).map(({ $ref }) => $ref?.split('/').at(-1));
      const said = `${method} ${path}`;
      if (names.some((one) => one?.startsWith('IfMatch'))) {
        assert.ok(operation.responses[412] && operation.responses[200].headers.ETag, said);
        assert.equal(Boolean(operation.responses[428]), names.includes('IfMatch'), said);
      }
      assert.equal(Boolean(operation.responses[304]), names.includes('IfNoneMatch'), said);
    }
  });

  test(`${name}: every list has one form`, () => {
    for (const [schema, { properties = {} }] of Object.entries(documents[name].components.schemas)) {
      if (!schema.endsWith('List') && !properties.page) continue;
      assert.deepEqual(Object.keys(properties), ['data', 'page'], schema);
      assert.equal(properties.page.$ref, '#/components/schemas/Page', schema);
    }
  });
}
