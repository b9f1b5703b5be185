import { open } from 'node:fs/promises';

/**
 * GGUF version 3: a header of typed key-value pairs, a table of tensors, then the tensors' bytes, each aligned to 32 bytes.
 * Little-endian throughout; a string is its byte length (u64) and its UTF-8 bytes.
 * Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (checked 2026-11-25).
 */
const MAGIC = 'GGUF';
const VERSION = 3;
const ALIGNMENT = 32;
const VALUE_TYPE = { u32: 4, i32: 5, f32: 6, bool: 7, string: 8, array: 9 } as const;
const TENSOR_TYPE = { f32: 0, f16: 1 } as const;

/** One metadata value with the type it is stored as. */
export type GgufValue =
  | { readonly type: 'u32' | 'f32'; readonly value: number }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'strings'; readonly value: readonly string[] }
  | { readonly type: 'i32s'; readonly value: readonly number[] };

/** One tensor: `columns` is the length of a row (GGUF's first dimension); a vector has no `rows`. */
export interface GgufTensor {
  readonly name: string;
  readonly type: keyof typeof TENSOR_TYPE;
  readonly columns: number;
  readonly rows?: number;
  readonly values: Float32Array;
}

/** Collects bytes; each method appends one value in GGUF's encoding. */
function createByteSink() {
  const parts: Buffer[] = [];
  let length = 0;
  const bytes = (part: Buffer) => {
    parts.push(part);
    length += part.length;
  };
  const fixed = (size: number, write: (buffer: Buffer) => void) => {
    const buffer = Buffer.alloc(size);
    write(buffer);
    bytes(buffer);
  };
  const u64 = (value: number) => fixed(8, (b) => b.writeBigUInt64LE(BigInt(value)));
  return {
    bytes,
    u8: (value: number) => fixed(1, (b) => b.writeUInt8(value)),
    u32: (value: number) => fixed(4, (b) => b.writeUInt32LE(value)),
    i32: (value: number) => fixed(4, (b) => b.writeInt32LE(value)),
    f32: (value: number) => fixed(4, (b) => b.writeFloatLE(value)),
    u64,
    string: (value: string) => {
      const text = Buffer.from(value, 'utf8');
      u64(text.length);
      bytes(text);
    },
    align: () => bytes(Buffer.alloc(paddingAfter(length))),
    concat: () => Buffer.concat(parts),
  };
}

type ByteSink = ReturnType<typeof createByteSink>;

const paddingAfter = (length: number) => (ALIGNMENT - (length % ALIGNMENT)) % ALIGNMENT;

function writeValue(sink: ByteSink, entry: GgufValue): void {
  switch (entry.type) {
    case 'u32':
      sink.u32(VALUE_TYPE.u32);
      return sink.u32(entry.value);
    case 'f32':
      sink.u32(VALUE_TYPE.f32);
      return sink.f32(entry.value);
    case 'bool':
      sink.u32(VALUE_TYPE.bool);
      return sink.u8(entry.value ? 1 : 0);
    case 'string':
      sink.u32(VALUE_TYPE.string);
      return sink.string(entry.value);
    case 'strings':
      sink.u32(VALUE_TYPE.array);
      sink.u32(VALUE_TYPE.string);
      sink.u64(entry.value.length);
      return entry.value.forEach((item) => sink.string(item));
    case 'i32s':
      sink.u32(VALUE_TYPE.array);
      sink.u32(VALUE_TYPE.i32);
      sink.u64(entry.value.length);
      return entry.value.forEach((item) => sink.i32(item));
  }
}

const floatView = new Float32Array(1);
const bitsView = new Uint32Array(floatView.buffer);

/** The 16 bits of the half-precision float nearest to `value`, ties to even; too large values become the largest half. */
export function toHalfBits(value: number): number {
  floatView[0] = value;
  const bits = bitsView[0] ?? 0;
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 0xff) - 127 + 15;
  const mantissa = bits & 0x7fffff;
  if (exponent >= 31) return sign | 0x7bff;
  // Below the smallest normal half the mantissa loses one more bit for each power of two.
  const dropped = exponent > 0 ? 13 : 14 - exponent;
  if (dropped > 24) return sign;
  const full = exponent > 0 ? (exponent << 23) | mantissa : mantissa | 0x800000;
  const kept = full >>> dropped;
  const rest = full & ((1 << dropped) - 1);
  const middle = 1 << (dropped - 1);
  const rounded = kept + (rest > middle || (rest === middle && (kept & 1) === 1) ? 1 : 0);
  return sign | Math.min(rounded, 0x7bff);
}

function encodeTensor(tensor: GgufTensor): Buffer {
  const width = tensor.type === 'f16' ? 2 : 4;
  const buffer = Buffer.alloc(tensor.values.length * width);
  tensor.values.forEach((value, index) => {
    if (tensor.type === 'f16') buffer.writeUInt16LE(toHalfBits(value), index * 2);
    else buffer.writeFloatLE(value, index * 4);
  });
  return buffer;
}

/** Lays out a GGUF file. The same input gives the same bytes on every machine. */
export function encodeGguf(metadata: Readonly<Record<string, GgufValue>>, tensors: readonly GgufTensor[]): Buffer {
  const sink = createByteSink();
  const entries = Object.entries(metadata);
  sink.bytes(Buffer.from(MAGIC, 'latin1'));
  sink.u32(VERSION);
  sink.u64(tensors.length);
  sink.u64(entries.length);
  for (const [key, value] of entries) {
    sink.string(key);
    writeValue(sink, value);
  }
  const data = tensors.map(encodeTensor);
  let offset = 0;
  tensors.forEach((tensor, index) => {
    const dimensions = tensor.rows === undefined ? [tensor.columns] : [tensor.columns, tensor.rows];
    sink.string(tensor.name);
    sink.u32(dimensions.length);
    dimensions.forEach(sink.u64);
    sink.u32(TENSOR_TYPE[tensor.type]);
    sink.u64(offset);
    const size = data[index]?.length ?? 0;
    offset += size + paddingAfter(size);
  });
  sink.align();
  for (const bytes of data) {
    sink.bytes(bytes);
    sink.align();
  }
  return sink.concat();
}

/** What the first bytes of a file say: a GGUF of a version the engine reads, or why not. */
export async function inspectGguf(path: string): Promise<{ ok: true; bytes: number } | { ok: false; why: string }> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const head = Buffer.alloc(24);
    const { bytesRead } = await handle.read(head, 0, 24, 0);
    if (size === 0) return { ok: false, why: 'the file is empty' };
    if (bytesRead < 4 || head.toString('latin1', 0, 4) !== MAGIC) {
      return { ok: false, why: `it does not begin with the letters ${MAGIC}` };
    }
    if (bytesRead < 24) return { ok: false, why: `it ends after ${bytesRead} bytes, inside the header` };
    const version = head.readUInt32LE(4);
    if (version !== 2 && version !== 3)
      return { ok: false, why: `it is GGUF version ${version}; versions 2 and 3 can be read` };
    if (head.readBigUInt64LE(8) === 0n) return { ok: false, why: 'it holds no tensors' };
    return { ok: true, bytes: size };
  } finally {
    await handle.close();
  }
}
