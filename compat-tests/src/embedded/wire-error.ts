import { EngineRequestError } from './engine.ts';

/** An error as llama-server writes it: the HTTP status again as a numeric `code`, and no `param`. */
export class WireError extends Error {
  readonly status: number;
  readonly body: { readonly error: Readonly<Record<string, unknown>> };
  constructor(status: number, type: string, message: string, more: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.status = status;
    this.body = { error: { code: status, message, type, ...more } };
  }
}

/** 400. */
export const invalidRequest = (message: string) => new WireError(400, 'invalid_request_error', message);

/** 500; llama-server answers it for broken JSON, images and too long embedding inputs too. */
export const serverError = (message: string) => new WireError(500, 'server_error', message);

/** 404, for a wrong path and for a wrong method. */
export const notFound = () => new WireError(404, 'not_found_error', 'File Not Found');

/** What a failed request answers. */
export function toWireError(error: unknown): WireError {
  if (error instanceof WireError) return error;
  if (error instanceof EngineRequestError) {
    if (error.overflow === undefined) return invalidRequest(error.message);
    const { promptTokens, contextSize } = error.overflow;
    return new WireError(
      400,
      'exceed_context_size_error',
      `request (${promptTokens} tokens) exceeds the available context size (${contextSize} tokens), try increasing it`,
      { n_prompt_tokens: promptTokens, n_ctx: contextSize },
    );
  }
  return serverError(error instanceof Error ? error.message : String(error));
}
