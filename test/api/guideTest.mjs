// Runs the examples of docs/api.md in order in one bash against an installation of its own, with the default settings. A block of "sh" is a
// request; the block of "json" (values) or "text" (lines) after it is its whole output. In an answer <id> is a UUID, <time> a timestamp,
// <number> a number (in JSON as the whole text), any other <word> some text; "...": "..." stands for further fields and a last "..." for further
// elements. Only the address of the gateway is replaced; ./k and .run of the checkout are those of the installation, oathtool is a stand-in.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { buildDir, startInstallation, until } from '../integration/installation.mjs';

const guide = fs.readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');
const mostNotRun = 2;

/** The examples: {line, title, request, answers, run}. A block "sh notRun" is shown only. */
function readExamples(text) {
  const examples = [];
  let title = 'Before the tasks';
  let block;
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^```(\w*) ?(\w*)$/.exec(line);
    if (!fence && block) block.lines.push(line);
    else if (!fence) title = /^## (.*)/.exec(line)?.[1] ?? title;
    else if (!block) block = { line: index + 1, language: fence[1], mark: fence[2], lines: [] };
    else {
      const { language, mark, lines } = block;
      const where = `docs/api.md:${block.line}`;
      if (language === 'sh') {
        assert.ok(['', 'notRun'].includes(mark), `${where}: "${mark}"`);
        examples.push({ line: block.line, title, request: lines.join('\n'), run: mark === '' });
      } else {
        assert.ok(['json', 'text'].includes(language) && examples.length > 0, `${where}: a block of "${language}"`);
        const last = examples.at(-1);
        assert.equal(last.answer, undefined, `${where}: a second answer`);
        Object.assign(last, { language, answer: lines.join('\n') });
      }
      block = undefined;
    }
  }
  assert.equal(block, undefined, 'a block without an end');
  return examples;
}

/** The JSON values of a text, one after the other. */
function jsonValues(text) {
  const values = [];
  let part = '';
  for (const line of text.replace(/\}\s*\{/g, '}\n{').split('\n')) {
    part += `${line}\n`;
    try {
      values.push(JSON.parse(part));
      part = '';
    } catch {
      // its end is on a later line
    }
  }
  assert.equal(part.trim(), '', `this is no JSON: ${part}`);
  return values;
}

const kinds = {
  id: '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
  time: String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z`,
  number: String.raw`-?\d+(?:\.\d+)?`,
};

function matchesText(expected, actual) {
  const parts = expected.split(/<([a-z]+)>/);
  const pattern = parts.map((part, index) => (index % 2 ? `(?:${kinds[part] ?? '[^]+'})` : part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)));
  return new RegExp(`^${pattern.join('')}$`).test(actual);
}

/** What differs between an answer shown and one given, or nothing. */
function differences(expected, actual, at = '') {
  const wrong = [`${at || 'the answer'}: ${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`];
  if (expected === '<number>') return typeof actual === 'number' ? [] : wrong;
  if (typeof expected === 'string') return typeof actual === 'string' && matchesText(expected, actual) ? [] : wrong;
  if (typeof expected !== 'object' || expected === null) return expected === actual ? [] : wrong;
  if (typeof actual !== 'object' || actual === null || Array.isArray(actual) !== Array.isArray(expected)) return wrong;
  const open = Array.isArray(expected) ? expected.at(-1) === '...' : '...' in expected;
  const names = Object.keys(expected).filter((name) => expected[name] !== '...');
  const more = Object.keys(actual).filter((name) => !names.includes(name));
  return [
    ...names.flatMap((name) => (name in actual ? differences(expected[name], actual[name], `${at}.${name}`) : [`${at}.${name} is missing`])),
    ...(open ? [] : more.map((name) => `${at}.${name} is not shown`)),
  ];
}

function judge({ language, answer }, output) {
  if (answer === undefined) return output.trim() === '' ? [] : [`an answer that the guide does not show: ${output}`];
  const [expected, actual] = language === 'json' ? [jsonValues(answer), jsonValues(output)] : [answer.split('\n'), output.trimEnd().split('\n')];
  return differences(expected, actual);
}

/** One bash for all examples, as a reader has it: variables and functions stay. */
class Shell {
  constructor(directory, env) {
    this.child = spawn('bash', ['--noprofile', '--norc'], { cwd: directory, env, stdio: ['pipe', 'pipe', 'inherit'] });
    this.output = '';
    this.child.stdout.setEncoding('utf8').on('data', (part) => (this.output += part));
  }

  async run(commands) {
    this.output = '';
    this.child.stdin.write(`{\n${commands}\n} </dev/null\necho; echo '=== end'\n`);
    await until(`the end of: ${commands}`, () => /^=== end$/m.test(this.output), 30_000);
    return this.output.slice(0, this.output.lastIndexOf('\n=== end'));
  }

  close() {
    this.child.kill();
  }
}

let it;
let shell;
before(async () => {
  it = await startInstallation('guide', { K_RATE_LIMITS: 'on' });
  const directory = it.file('checkout');
  fs.mkdirSync(path.join(directory, 'bin'), { recursive: true });
  fs.symlinkSync(it.env.K_RUN_DIR, path.join(directory, '.run'));
  const program = (name, text) => fs.writeFileSync(path.join(directory, name), text, { mode: 0o755 });
  program('k', `#!/bin/sh\n[ "$1" = kctl ] || exit 64\nshift\nexec '${path.join(buildDir, 'apps/kctl')}' "$@"\n`);
  const authenticator = new URL('../integration/authenticator.mjs', import.meta.url);
  program('bin/oathtool', `#!/usr/bin/env node
import(${JSON.stringify(authenticator.href)}).then(({ presentStep, totpCode }) =>
  console.log(totpCode(process.argv.at(-1), presentStep() + (process.argv.includes('30 seconds') ? 1 : 0))));
`);
  shell = new Shell(directory, { ...it.env, PATH: `${path.join(directory, 'bin')}:${process.env.PATH}` });
});
after(async () => {
  shell?.close();
  await it?.down();
});

const examples = readExamples(guide);

test('the guide has examples, and nearly all of them run', () => {
  assert.ok(examples.length > 30, `${examples.length} examples`);
  assert.ok(examples.filter(({ run }) => !run).length <= mostNotRun);
});

for (const example of examples.filter(({ run }) => run)) {
  test(`${example.title} (docs/api.md:${example.line})`, async () => {
    const output = await shell.run(example.request.replaceAll('http://127.0.0.1:8080', it.origin));
    assert.deepEqual(judge(example, output), [], `${example.request}\n${output}`);
  });
}

test('the judge finds what is wrong', () => {
  const answer = '{"id": "<id>", "count": "<number>", "list": [1, "..."], "name": "ann-<text>", "none": null}';
  const good = { id: '01900000-0000-7000-8000-000000000000', count: 3, list: [1, 2], name: 'ann-x', none: null };
  const judged = (body) => judge({ language: 'json', answer }, JSON.stringify(body));
  assert.deepEqual(judged(good), []);
  for (const change of [{ id: 'x' }, { count: '3' }, { list: [2] }, { list: [] }, { name: 'ann-' }, { none: 0 }, { extra: 1 }, { name: undefined }]) {
    assert.notDeepEqual(judged({ ...good, ...change }), [], JSON.stringify(change));
  }
  assert.deepEqual(judge({ language: 'json', answer: '{"a": 1, "...": "..."}' }, '{"a":1,"b":2}{"c":3}').length, 1);
  assert.notDeepEqual(judge({ language: 'text', answer: '200\ndata: <text>' }, '200'), []);
  assert.notDeepEqual(judge({}, 'something'), []);
});
