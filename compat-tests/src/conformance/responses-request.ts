import type { Case, CaseRequest, JsonValue } from './case.ts';
import type { Fields } from './chat-request.ts';

/** A Responses request. Temperature 0, so that what is asked again is answered alike; nothing is kept unless the case says so. */
export function askResponse(input: JsonValue, fields: Fields = {}): CaseRequest {
  return {
    path: '/responses',
    body: { model: '$model', input, temperature: 0, max_output_tokens: 64, store: false, ...fields },
  };
}

/** The same as a stream. */
export function streamResponse(input: JsonValue, fields: Fields = {}): CaseRequest {
  return askResponse(input, { stream: true, ...fields });
}

/** A message item of the input. */
export const item = (role: 'user' | 'assistant' | 'system' | 'developer', content: JsonValue): JsonValue => ({
  role,
  content,
});

/** A tool as Responses writes it: the function's fields stand beside the type. */
export const weatherTool: JsonValue = {
  type: 'function',
  name: 'get_weather',
  description: 'Gets the current weather of a city.',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string', description: 'Name of the city' } },
    required: ['city'],
    additionalProperties: false,
  },
  strict: true,
};

/** A case of an endpoint that has the Responses API; of kind `wire` when left out. */
export function responsesCase(row: Omit<Case, 'needs' | 'kind'> & Partial<Pick<Case, 'kind'>>): Case {
  return { kind: 'wire', needs: 'responses', ...row };
}
