import { describe, expect, test } from 'vitest';
import { readArgs, readNumber } from './args.ts';
import { migrate } from './commands.ts';

const syntax = {
  name: 'serve',
  summary: '',
  words: ['path'],
  options: {
    port: { value: 'number', help: '' },
    only: { value: 'rule', many: true as const, help: '' },
    all: { help: '' },
  },
};

describe('words that a command takes', () => {
  test('positional words, switches and values', () => {
    const args = readArgs(syntax, ['a b', '--all', '--port=8', '--only', 'x', '--only', 'y']);
    expect(args.words).toEqual(['a b']);
    expect([...args.switches]).toEqual(['all']);
    expect(args.values.get('only')).toEqual(['x', 'y']);
    expect(readNumber(args, 'port', 0, 10)).toBe(8);
  });
  test('after -- everything is a positional word', () => {
    expect(readArgs(syntax, ['--', '--all']).words).toEqual(['--all']);
  });
});

describe('words that it does not take are errors in one line', () => {
  const cases: ReadonlyArray<readonly [string[], string]> = [
    [['--al'], 'unknown option --al; did you mean --all? (see migrate-llm serve --help)'],
    [['--zzzzzz'], 'unknown option --zzzzzz (see migrate-llm serve --help)'],
    [['-x'], 'unknown option -x'],
    [['--all=yes'], '--all takes no value'],
    [['--port'], '--port needs a value: --port <number>'],
    [['--port', '--all'], '--port needs a value'],
    [['--port='], '--port needs a value'],
    [['--port', '1', '--port', '2'], '--port is given twice'],
    [['a', 'b'], '"b" is one word too many: serve takes one path'],
  ];
  test.each(cases)('%j', (argv, message) => {
    expect(() => readArgs(syntax, argv)).toThrow(message);
  });
  test.each(['x', '-1', '11', '1.5', '0x1'])('a port of %s', (port) => {
    expect(() => readNumber(readArgs(syntax, [`--port=${port}`]), 'port', 0, 10)).toThrow(
      'give a whole number from 0 to 10',
    );
  });
  test('the default command names itself without a command word', () => {
    expect(() => readArgs(migrate, ['--wrte'])).toThrow('did you mean --write? (see migrate-llm --help)');
  });
});
