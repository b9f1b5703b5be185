import type { ServerResponse } from 'node:http';
import { chatCompletions } from './chat.ts';
import { completions } from './completions.ts';
import { embeddings } from './embeddings.ts';
import type { Engine } from './engine.ts';
import type { Body } from './fields.ts';
import { countResponseTokens, responses } from './responses.ts';
import { applyTemplate, countChatTokens, health, models, slots, tokenize } from './service-routes.ts';
import { WireError } from './wire-error.ts';

/** What a route gets. */
export interface RouteCall {
  readonly engine: Engine;
  readonly body: Body;
  readonly response: ServerResponse;
  /** Aborted when the client is gone or the server closes. */
  readonly signal: AbortSignal;
  readonly options: { readonly embeddings: boolean };
  /** How many other requests are being answered. */
  readonly busySlots: number;
}

/** Answers one request; a throw becomes an error in llama-server's form. */
export type Route = (call: RouteCall) => Promise<void>;

const noAudio: Route = async () => {
  throw new WireError(501, 'not_supported_error', 'The current model does not support audio input.');
};

/** Routes by method and path; llama-server answers most with and without `/v1`. */
export const ROUTES: Readonly<Record<string, Route>> = {
  'GET /health': health,
  'GET /v1/health': health,
  'GET /models': models,
  'GET /v1/models': models,
  'GET /slots': slots,
  'POST /tokenize': tokenize,
  'POST /apply-template': applyTemplate,
  'POST /chat/completions': chatCompletions,
  'POST /v1/chat/completions': chatCompletions,
  'POST /v1/chat/completions/input_tokens': countChatTokens,
  'POST /v1/completions': completions,
  'POST /v1/embeddings': embeddings,
  'POST /v1/responses': responses,
  'POST /v1/responses/input_tokens': countResponseTokens,
  'POST /v1/audio/transcriptions': noAudio,
};

/** Paths that need no key. */
export const OPEN_PATHS: ReadonlySet<string> = new Set(['/health', '/v1/health']);
