import type { Fields } from './chat-request.ts';
import type { JsonValue } from './case.ts';

/** A tool of a request. */
function makeTool(name: string, description: string, parameters?: JsonValue, fields: Fields = {}): JsonValue {
  return { type: 'function', function: { name, description, parameters, ...fields } };
}

/** Asks for the weather of one city. */
export const weather = makeTool('get_weather', 'Gets the current weather of a city.', {
  type: 'object',
  properties: { city: { type: 'string', description: 'Name of the city' } },
  required: ['city'],
  additionalProperties: false,
});

/** Asks for the time of one city. */
export const time = makeTool('get_time', 'Gets the current time of a city.', {
  type: 'object',
  properties: { city: { type: 'string', description: 'Name of the city' } },
  required: ['city'],
  additionalProperties: false,
});

/** Functions that take nothing, as the two ways to say so. */
export const withoutParameters: readonly JsonValue[] = [
  makeTool('get_system_health', 'Gets the health of the system.'),
  makeTool('get_system_health', 'Gets the health of the system.', { type: 'object', properties: {} }),
];

/** What schemas of real apps hold: type lists, $defs, nesting, enums, defaults, titles. */
export const difficult = makeTool('file_report', 'Files a report.', {
  type: 'object',
  title: 'Report',
  properties: {
    title: { type: 'string', title: 'Title' },
    severity: { type: 'string', enum: ['low', 'high'], default: 'low' },
    reference: { type: ['string', 'null'], description: 'Number of an earlier report' },
    place: { $ref: '#/$defs/place' },
  },
  required: ['title', 'severity', 'reference', 'place'],
  additionalProperties: false,
  $defs: {
    place: {
      type: 'object',
      properties: { city: { type: 'string' }, street: { type: 'string' } },
      required: ['city', 'street'],
      additionalProperties: false,
    },
  },
});

/** Tools by number; a single one has the name as it is. */
export function many(count: number, name: string): JsonValue[] {
  return Array.from({ length: count }, (_one, at) =>
    makeTool(
      count === 1 ? name : `${name}_${at}`,
      at === 0 ? 'Does what its name says. '.repeat(41).slice(0, 1024) : 'Does nothing.',
      {
        type: 'object',
        properties: { value: { type: 'string' } },
        required: ['value'],
      },
    ),
  );
}
