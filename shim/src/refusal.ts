import type { WireError } from './wire.ts';

/** An error as the endpoint put it. */
export interface UpstreamError {
  readonly status: number;
  readonly type: string | undefined;
  readonly code: string | undefined;
}

/** Carries an OpenAI-shaped error to the edge, where it becomes a response or a stream event; it never leaves our fetch. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** HTTP status the SDK chooses its error class by. */
  readonly status: number;
  readonly error: WireError;
  /** Upstream's headers, when upstream answered: request id and retry times are read from them. */
  readonly headers: Headers | undefined;

  /** What upstream said, where its error was read into another. */
  readonly upstream: UpstreamError | undefined;

  constructor(status: number, error: WireError, headers?: Headers, upstream?: UpstreamError) {
    super(error.message);
    this.status = status;
    this.error = error;
    this.headers = headers;
    this.upstream = upstream;
  }
}

/** Makes the 400 that says a request cannot be served as asked. `param` is OpenAI's name of the parameter. */
export function refuseRequest(message: string, param: string | null, code = 'unsupported_parameter'): Refusal {
  return new Refusal(400, { message, type: 'invalid_request_error', param, code });
}

/** Makes the 404 for what the shim keeps itself and does not have, or an address below it that OpenAI's API does not know. */
export function refuseMissing(message: string, param: string | null = null): Refusal {
  return new Refusal(404, { message, type: 'invalid_request_error', param, code: null });
}

/** Makes the 502 for an answer that cannot be made OpenAI's: the endpoint broke, not the request. */
export function refuseAnswer(message: string, code: string): Refusal {
  return new Refusal(502, { message, type: 'server_error', param: null, code });
}

/** What a model can do wrong in the text it writes. */
type TextFault = 'tool_choice_not_honoured' | 'structured_output_invalid';

/** Refuses what the model wrote, which it can be told once; after that the SDK's own tries would end the same. */
export class TextRefusal extends Refusal {
  readonly fault: TextFault;
  /** The text. */
  readonly said: string;

  constructor(message: string, fault: TextFault, said: string) {
    const headers = new Headers({ 'x-should-retry': 'false' });
    super(502, { message, type: 'server_error', param: null, code: fault }, headers);
    this.fault = fault;
    this.said = said;
  }
}
