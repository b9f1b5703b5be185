import type { Dialect } from '../dialect.ts';
import { refuseRequest } from '../refusal.ts';
import type { Report } from '../report.ts';
import type { WireObject } from '../wire.ts';
import { applyParams } from './params.ts';

/** Translates an embeddings request. Floats are asked for always: older SDKs read a float answer to a base64 request as garbage. Throws a `Refusal`. */
export function translateEmbeddings(
  input: WireObject,
  model: string,
  dialect: Dialect,
  report: Report,
): { readonly body: WireObject; readonly wants: 'float' | 'base64'; readonly count: number } {
  const texts = input['input'];
  const isTokens = Array.isArray(texts) && (typeof texts[0] === 'number' || Array.isArray(texts[0]));
  if (isTokens) throw refuseRequest("input holds token ids, which belong to OpenAI's tokenizer: send text", 'input');
  const body = applyParams({ ...input, model }, dialect.embeddings.params, report);
  return {
    body: { ...body, encoding_format: 'float' },
    wants: input['encoding_format'] === 'base64' ? 'base64' : 'float',
    count: Array.isArray(texts) ? texts.length : 1,
  };
}
