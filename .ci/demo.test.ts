import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './boundaries.ts';

// The README's first command, as a person runs it.

const bin = join(root, 'cli', 'bin', 'migrate-llm.js');
const demo = (words: readonly string[] = [], wrap: readonly string[] = []) => {
  const [command, ...rest] = [...wrap, process.execPath, bin, 'demo', ...words] as [string, ...string[]];
  return spawnSync(command, rest, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', OPENAI_API_KEY: 'sk-never-leaves' },
  });
};
const stages = () => readdirSync(tmpdir()).filter((name) => name.startsWith('migrate-llm-demo-'));

test('ends WIRE-SAFE, the diff summary and the next three commands', () => {
  const before = stages();
  const { status, stdout, stderr } = demo();
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(stdout).toMatch(/^Diff +7 files changed/m);
  expect(stdout).toMatch(/^Evidence 15 synthetic/m);
  expect(stdout).toMatch(/^Verdict +WIRE-SAFE: /m);
  expect(stdout).not.toMatch(/(?<!WIRE-)\bSAFE\b/);
  expect(stdout.match(/^ {2}npx migrate-llm/gm)).toHaveLength(3);
  expect(stages()).toEqual(before);
});

test.each([
  ['lost-tool-call', 'tool-trigger'],
  ['wrong-finish', 'finish-reason'],
  ['bad-json', 'answered'],
  ['swallowed-error', 'error-class'],
])('--break %s ends NOT SAFE, found by %s', (fault, check) => {
  const { status, stdout } = demo(['--break', fault]);
  expect(stdout).toMatch(/^Verdict +NOT SAFE: /m);
  expect(stdout).toMatch(new RegExp(`FAIL ${check}`));
  expect(status).toBe(1);
});

test('an unknown fault is a usage error that names the known ones', () => {
  const { status, stderr } = demo(['--break', 'lost-tool-cal']);
  expect(stderr).toMatch(/did you mean lost-tool-call\?/);
  expect(status).toBe(2);
});

test('needs no network: it runs where there is only loopback', ({ annotate }) => {
  const inside = ['unshare', '-rn', 'sh', '-c', 'ip link set lo up 2>/dev/null || ifconfig lo up; exec "$0" "$@"'];
  const { status: able } = spawnSync(inside[0] as string, [...inside.slice(1), 'true']);
  if (able !== 0) {
    // Nothing is claimed where the machine does not let us look.
    return annotate('no network namespaces here: the demo was not run without a network', 'warning');
  }
  const { status, stdout } = demo([], inside);
  expect(stdout).toMatch(/^Verdict +WIRE-SAFE: /m);
  return expect(status).toBe(0);
});
