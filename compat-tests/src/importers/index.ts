import type { Lack } from '@migrate-llm/shim/exchange';
import type { RawExchange } from '@migrate-llm/shim/record';
import { toExchange } from './found.ts';
import { goVcr } from './go-vcr.ts';
import { har } from './har.ts';
import { langfuse } from './langfuse.ts';
import { litellm } from './litellm.ts';
import { nock } from './nock.ts';
import { openaiStored } from './openai-stored.ts';
import { otel } from './otel.ts';
import { rubyVcr } from './ruby-vcr.ts';
import { type Importer, openSource } from './source.ts';
import { vcrpy } from './vcrpy.ts';

/** The formats that can be imported; the first that knows a file reads it. */
export const importers: readonly Importer[] = [har, nock, otel, litellm, langfuse, openaiStored, vcrpy, goVcr, rubyVcr];

/** Thrown for a file that no importer reads; the message says which there are. */
export class ImportError extends Error {
  override readonly name = 'ImportError';
}

/** What was found in a file. */
export interface ImportedTraffic {
  /** Id of the format. */
  readonly format: string;
  readonly exchanges: readonly RawExchange[];
  /** What was left out, by reason. */
  readonly skipped: ReadonlyMap<string, number>;
  /** How many of the exchanges lack what. */
  readonly lacks: ReadonlyMap<Lack, number>;
}

/** Reads recorded traffic of another tool. `format` is an importer's id; found out by the content when left out. Throws {@link ImportError}. */
export function importTraffic(name: string, text: string, format?: string): ImportedTraffic {
  const source = openSource(name, text);
  const ids = importers.map(({ id }) => id).join(', ');
  const importer =
    format === undefined ? importers.find(({ detects }) => detects(source)) : importers.find(({ id }) => id === format);
  if (importer === undefined)
    throw new ImportError(
      format === undefined
        ? `${name} is in none of the formats that can be imported (${ids}); name one with --format if it is`
        : `there is no format "${format}"; the formats: ${ids}`,
    );
  const exchanges = new Map<string, RawExchange>();
  const skipped = new Map<string, number>();
  const lacks = new Map<Lack, number>();
  const skip = (why: string): void => void skipped.set(why, (skipped.get(why) ?? 0) + 1);
  for (const found of importer.read(source)) {
    const made = 'skipped' in found ? found : toExchange(found);
    if ('skipped' in made) skip(made.skipped);
    else if (!Number.isInteger(made.response.status) || made.response.status < 100 || made.response.status > 599)
      skip('an answer without an HTTP status');
    else if (exchanges.has(made.id)) skip('the same exchange once more');
    else {
      exchanges.set(made.id, made);
      for (const lack of made.lacks ?? []) lacks.set(lack, (lacks.get(lack) ?? 0) + 1);
    }
  }
  return { format: importer.id, exchanges: [...exchanges.values()], skipped, lacks };
}
