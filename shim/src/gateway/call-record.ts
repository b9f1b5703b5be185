import type { Note } from '../note.ts';
import { isAbsent, isObject, type WireError, type WireObject } from '../wire.ts';

/** What became of one request at the gateway; it holds no text of the prompt or the answer. */
export interface GatewayCall {
  readonly method: string;
  /** Path below `/v1`, without its query. */
  readonly path: string;
  /** Model the caller named. */
  readonly model: string | undefined;
  /** What of the API the request uses beside model and input, e.g. `stream`, `tools`, `response_format json_schema`. */
  readonly features: readonly string[];
  readonly status: number;
  /** `answered`; `refused` by the shim's own rules; `rejected` at the door (key, path, size); `failed` upstream; `left` when the caller went away. */
  readonly outcome: 'answered' | 'refused' | 'rejected' | 'failed' | 'left';
  readonly error: WireError | undefined;
  readonly notes: readonly Note[];
  /** From the request's headers to the answer's last byte, milliseconds. */
  readonly durationMs: number;
}

const input = ['model', 'messages', 'input', 'prompt'];

/** Names what a request uses, without what it says. */
export function listFeatures(body: WireObject | undefined): readonly string[] {
  if (body === undefined) return [];
  const params = Object.entries(body)
    .filter(([name, value]) => !input.includes(name) && !isAbsent(value) && value !== false)
    .map(([name, value]) => `${name}${describeValue(name, value)}`);
  const messages = Array.isArray(body['messages']) ? body['messages'].filter(isObject) : [];
  const parts = messages.flatMap(({ content }) => (Array.isArray(content) ? content.filter(isObject) : []));
  const kinds = parts.map(({ type }) => String(type)).filter((type) => type !== 'text');
  const roles = messages.map(({ role }) => String(role)).filter((role) => /^(developer|tool|function)$/.test(role));
  return [...params, ...new Set(kinds), ...[...new Set(roles)].map((role) => `role ${role}`)].map(plain).sort();
}

function describeValue(name: string, value: unknown): string {
  if (name === 'n' || name === 'reasoning_effort' || name === 'encoding_format') return ` ${String(value)}`;
  if (name === 'tool_choice') return ` ${typeof value === 'string' ? value : 'named'}`;
  if (name === 'response_format' && isObject(value)) return ` ${String(value['type'])}`;
  if (name === 'stream_options' && isObject(value)) return ` ${Object.keys(value).join(' ')}`;
  return '';
}

/** A caller chooses these words, so they stay short and on one line. */
function plain(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 60);
}
