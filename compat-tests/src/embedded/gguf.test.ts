import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { encodeGguf, inspectGguf, toHalfBits } from './gguf.ts';

describe('half-precision bits', () => {
  test.each([
    [0, 0x0000],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [65_504, 0x7bff],
    [1e9, 0x7bff],
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000],
    [1e-12, 0x0000],
    // Halfway between two halves: the even one.
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    [1 + 2 ** -11 + 2 ** -20, 0x3c01],
  ])('%d', (value, bits) => expect(toHalfBits(value)).toBe(bits));
});

test('tensors begin at multiples of 32 and the header says where', () => {
  const values = new Float32Array([1, 2, 3]);
  const file = encodeGguf({ 'general.architecture': { type: 'string', value: 'llama' } }, [
    { name: 'a', type: 'f32', columns: 3, values },
    { name: 'b', type: 'f16', columns: 1, rows: 3, values },
  ]);
  expect(file.toString('latin1', 0, 4)).toBe('GGUF');
  expect([file.readUInt32LE(4), file.readBigUInt64LE(8), file.readBigUInt64LE(16)]).toEqual([3, 2n, 1n]);
  expect(file.length % 32).toBe(0);
  const data = file.length - 64;
  expect([0, 4, 8].map((at) => file.readFloatLE(data + at))).toEqual([1, 2, 3]);
  expect([0, 2, 4].map((at) => file.readUInt16LE(data + 32 + at))).toEqual([0x3c00, 0x4000, 0x4200]);
});

describe('a file that is no model', () => {
  const head = (version: number, tensors: number) => {
    const bytes = Buffer.alloc(24);
    bytes.write('GGUF');
    bytes.writeUInt32LE(version, 4);
    bytes.writeBigUInt64LE(BigInt(tensors), 8);
    return bytes;
  };
  test.each([
    ['empty', Buffer.alloc(0), /empty/],
    ['text', Buffer.from('# A read-me\n'), /does not begin with the letters GGUF/],
    ['cut in the header', head(3, 1).subarray(0, 11), /ends after 11 bytes/],
    ['of another version', head(9, 1), /version 9/],
    ['without tensors', head(3, 0), /no tensors/],
  ])('%s', async (name, bytes, why) => {
    const folder = await mkdtemp(join(tmpdir(), 'gguf-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const path = join(folder, `${name}.gguf`);
    await writeFile(path, bytes);
    const found = await inspectGguf(path);
    expect(found).toMatchObject({ ok: false, why: expect.stringMatching(why) as string });
  });
});
