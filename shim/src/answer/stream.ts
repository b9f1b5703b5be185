import type { Dialect } from '../dialect.ts';
import { refuseAnswer } from '../refusal.ts';
import type { Report } from '../report.ts';
import type { ChatPlan } from '../request/chat.ts';
import { type ChatChunk, isAbsent, isObject, parseJson, type WireObject } from '../wire.ts';
import { type ByteSource, drainBody } from './body.ts';
import { createChunkWriter } from './chunk-writer.ts';
import { createChunkNormaliser } from './chunks.ts';
import { sumUsage } from './envelope.ts';
import { writeEventBody } from './event-body.ts';
import { createSseReader, encodeSse, type SseEvent } from './sse.ts';

/** Chunks in the order they go out, in batches as they arrive. */
export type ChunkBatches = AsyncGenerator<readonly ChatChunk[], void, void>;

/** Reads an upstream event stream as OpenAI's chunks. Throws a `Refusal` for errors in it and for an end that is none. */
export async function* readChunks(source: ByteSource, plan: ChatPlan, dialect: Dialect, report: Report): ChunkBatches {
  const reader = createSseReader();
  const normaliser = createChunkNormaliser(plan, dialect, report);
  let ended = false;
  try {
    for (;;) {
      const bytes = await nextBytes(source);
      const batch: ChatChunk[] = [];
      for (const event of bytes === undefined ? reader.end() : reader.push(bytes)) {
        const repeated = event.event === 'error' ? undefined : normaliser.repeat(event.data);
        if (repeated !== undefined) {
          batch.push(...repeated);
          continue;
        }
        if (event.data.trim() === '[DONE]') {
          ended = true;
          break;
        }
        try {
          batch.push(...normaliser.push(parseEvent(event), event.data));
        } catch (error) {
          // What came before the failure belongs to the app.
          if (batch.length > 0) yield batch;
          throw error;
        }
      }
      if (ended || bytes === undefined) {
        const done = ended;
        ended ||= bytes === undefined;
        try {
          batch.push(...normaliser.end(done));
        } finally {
          if (batch.length > 0) yield batch;
        }
        if (bytes !== undefined) void drainBody(source);
        return;
      }
      if (batch.length > 0) yield batch;
    }
  } finally {
    // Not waited for: the branch of a body that was split in two ends only with the other one.
    if (!ended) void source.cancel().catch(() => undefined);
  }
}

async function nextBytes(source: ByteSource): Promise<Uint8Array | undefined> {
  try {
    return await source.next();
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw error;
    throw refuseAnswer(`the connection broke during the stream: ${(error as Error).message}`, 'stream_interrupted');
  }
}

function parseEvent({ event, data }: SseEvent): unknown {
  const value = parseJson(data);
  if (value === undefined)
    throw refuseAnswer(`the endpoint streamed an event that is not JSON: ${data.slice(0, 80)}`, 'invalid_stream');
  // A frame named error carries the error itself where it has no envelope.
  return event === 'error' && isObject(value) && isAbsent(value['error']) ? { error: value } : value;
}

/** Runs several one-choice streams as one with several choices, in the order their chunks arrive. */
export async function* mergeChunks(sources: readonly ChunkBatches[]): ChunkBatches {
  const usages: WireObject[] = [];
  let head: ChatChunk | undefined;
  const pull = (index: number) => (sources[index] as ChunkBatches).next().then((result) => ({ index, result }));
  const open = new Map(sources.map((_, index) => [index, pull(index)]));
  try {
    while (open.size > 0) {
      const { index, result } = await Promise.race(open.values());
      if (result.done === true) {
        open.delete(index);
        continue;
      }
      open.set(index, pull(index));
      const batch = result.value.flatMap((chunk): ChatChunk[] => {
        head ??= chunk;
        if (isObject(chunk.usage)) usages.push(chunk.usage);
        if (chunk.choices.length === 0) return [];
        const { id, created, model } = head;
        return [{ ...chunk, id, created, model, choices: chunk.choices.map((choice) => ({ ...choice, index })) }];
      });
      if (batch.length > 0) yield batch;
    }
  } finally {
    // A pull that fails after another has is no news.
    for (const pending of open.values()) pending.catch(() => undefined);
    for (const source of sources) void source.return().catch(() => undefined);
  }
  const usage = sumUsage(usages);
  if (head !== undefined && usage !== undefined)
    yield [{ id: head.id, object: head.object, created: head.created, model: head.model, choices: [], usage }];
}

/** Writes chunks as an event stream: usage where it was asked for, and at the end `[DONE]` or an error event. `stop` frees the connections when the reader leaves. */
export function encodeChunks(batches: ChunkBatches, wantsUsage: boolean, stop: () => void): ReadableStream<Uint8Array> {
  const write = createChunkWriter(wantsUsage);
  return writeEventBody(
    batches,
    {
      write: (batch) => batch.map(write).join(''),
      end: encodeSse('[DONE]'),
      fail: (error) => encodeSse(JSON.stringify({ error })),
    },
    stop,
  );
}
