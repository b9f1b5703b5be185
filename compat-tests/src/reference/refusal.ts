import { type WireAnswer, writeJson } from '../endpoint.ts';

/** A request the reference endpoint refuses, in OpenAI's words and with its codes. */
export class Refusal extends Error {
  readonly status: number;
  readonly param: string | null;
  readonly code: string | null;
  constructor(status: number, message: string, param: string | null = null, code: string | null = null) {
    super(message);
    this.status = status;
    this.param = param;
    this.code = code;
  }
}

/** 400 for a value that cannot be taken. */
export const refuseValue = (message: string, param: string, code = 'invalid_value') =>
  new Refusal(400, message, param, code);

/** 400 for a field of the wrong type. */
export const refuseType = (param: string, wanted: string, value: unknown) =>
  new Refusal(
    400,
    `Invalid type for '${param}': expected ${wanted}, but got ${describeType(value)} instead.`,
    param,
    'invalid_type',
  );

/** 400 for a field that has to be there. */
export const refuseAbsence = (param: string) =>
  new Refusal(400, `Missing required parameter: '${param}'.`, param, 'missing_required_parameter');

/** Writes a refusal in OpenAI's envelope. Source: https://platform.openai.com/docs/guides/error-codes and the recorded errors; checked 2026-11-25 */
export function writeRefusal({ status, message, param, code }: Refusal): WireAnswer {
  return writeJson(status, { error: { message, type: 'invalid_request_error', param, code } });
}

function describeType(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'an integer' : 'a decimal';
  return typeof value === 'object' || value === undefined ? 'an object' : `a ${typeof value}`;
}
