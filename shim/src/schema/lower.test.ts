import { expect, test } from 'vitest';
import { lowerSchema, moveSchema, RecursiveSchema } from './lower.ts';

const tree = {
  type: 'object',
  properties: { node: { $ref: '#/$defs/Node' } },
  $defs: { Node: { type: 'object', properties: { next: { anyOf: [{ $ref: '#/$defs/Node' }, { type: 'null' }] } } } },
};

test('references are written out, with what stands beside them', () => {
  const schema = {
    type: 'object',
    properties: { a: { $ref: '#/$defs/A', description: 'an A' }, b: { type: 'array', items: { $ref: '#/$defs/A' } } },
    $defs: { A: { type: 'string', enum: ['$ref'] } },
  };
  expect(lowerSchema(schema, { inlineRefs: true })).toEqual({
    schema: {
      type: 'object',
      properties: {
        a: { type: 'string', enum: ['$ref'], description: 'an A' },
        b: { type: 'array', items: { type: 'string', enum: ['$ref'] } },
      },
    },
    changes: ['$ref written out'],
  });
});

test('a schema that refers to itself is named, and left alone where references may stay', () => {
  expect(() => lowerSchema(tree, { inlineRefs: true })).toThrow(RecursiveSchema);
  expect(() => lowerSchema(tree, { inlineRefs: true })).toThrow('#/$defs/Node');
  expect(lowerSchema(tree, { plainPatterns: true })).toEqual({ schema: tree, changes: [] });
});

test.each(['^(?=.*a).*$', '^(?!x)', '(?<=a)b', '(?<!a)b', '(a)\\1'])(
  'a pattern like %s goes, a plain one stays',
  (pattern) => {
    const schema = {
      type: 'object',
      properties: { hard: { type: 'string', pattern }, plain: { type: 'string', pattern: '^(?:a|b)+$' } },
    };
    expect(lowerSchema(schema, { plainPatterns: true })).toEqual({
      schema: {
        type: 'object',
        properties: { hard: { type: 'string' }, plain: { type: 'string', pattern: '^(?:a|b)+$' } },
      },
      changes: ['pattern with lookarounds left out'],
    });
  },
);

test('keywords and formats go by name, properties of that name stay', () => {
  const schema = {
    type: 'object',
    properties: {
      format: { type: 'string', format: 'uuid' },
      minLength: { type: 'string', minLength: 2, format: 'date' },
    },
    required: ['format'],
  };
  expect(lowerSchema(schema, { without: ['minLength'], formats: ['date'] }).schema).toEqual({
    type: 'object',
    properties: { format: { type: 'string' }, minLength: { type: 'string', format: 'date' } },
    required: ['format'],
  });
});

test('every object is closed where it must be, and the input stays untouched', () => {
  const schema = { type: 'object', properties: { a: { type: 'object', properties: {} } } };
  const before = structuredClone(schema);
  expect(lowerSchema(schema, { closedObjects: true }).schema).toEqual({
    type: 'object',
    properties: { a: { type: 'object', properties: {}, additionalProperties: false } },
    additionalProperties: false,
  });
  expect(schema).toEqual(before);
});

test('a schema moves with its references, and values that look like one stay', () => {
  expect(moveSchema({ ...tree, default: { $ref: '#/x' } }, '#/$defs/t')).toMatchObject({
    properties: { node: { $ref: '#/$defs/t/$defs/Node' } },
    default: { $ref: '#/x' },
  });
});
