import { chatCompletions } from './chat.ts';
import { completions } from './completions.ts';
import { embeddings } from './embeddings.ts';
import { countResponseTokens, responses } from './responses.ts';
import { applyTemplate, countChatTokens, health, models, slots, tokenize } from './service-routes.ts';
import type { Route } from './route.ts';
import { WireError } from './wire-error.ts';

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
