import type OpenAI from 'openai';
import { createFetch } from './fetch.ts';
import type { Major } from './majors.test-sdks.ts';
import type { Note } from './note.ts';
import { openRecording, type RecordedRow } from './recorded.test-traffic.ts';

/** A client of an SDK major whose endpoint answers everything with a recording, and the notes of its calls. An endpoint of its own each: nothing is known of it from the rows before. */
export function openClient(
  row: RecordedRow,
  { Bare }: Major,
  answer: (input: string | URL | Request) => Response = () => openRecording(row),
): { readonly client: OpenAI; readonly notes: Note[] } {
  const notes: Note[] = [];
  const client = new Bare({
    apiKey: 'x',
    maxRetries: 0,
    fetch: createFetch({
      target: { dialect: 'openai-compatible', baseURL: `http://${row.id}.test/v1` },
      policy: 'silent',
      onNote: (note) => notes.push(note),
      fetch: async (input) => answer(input),
    }),
  });
  return { client, notes };
}
