import { invalidRequest } from './wire-error.ts';

/** A request's JSON object. */
export type Body = Readonly<Record<string, unknown>>;

const typeName = (value: unknown) => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);

/** A number, or undefined when the field is absent or null. @throws {WireError} 400 when it is something else or out of range. */
export function readNumber(
  body: Body,
  field: string,
  range?: readonly [low: number, high: number],
): number | undefined {
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number') {
    throw invalidRequest(
      `Field '${field}': [json.exception.type_error.302] type must be number, but is ${typeName(value)}`,
    );
  }
  if (range && (value < range[0] || value > range[1])) {
    throw invalidRequest(
      `Field '${field}': Value must be between ${range[0]} <= value <= ${range[1]}, but got ${value}`,
    );
  }
  return value;
}

/** True, false, or undefined when absent or null. @throws {WireError} 400 when it is something else. */
export function readBoolean(body: Body, field: string): boolean | undefined {
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'boolean') {
    throw invalidRequest(
      `Field '${field}': [json.exception.type_error.302] type must be boolean, but is ${typeName(value)}`,
    );
  }
  return value;
}

/** Stop strings, given as one or as a list. */
export function readStop(body: Body): readonly string[] {
  const { stop } = body;
  const list = Array.isArray(stop) ? (stop as unknown[]) : [stop];
  return list.filter((item): item is string => typeof item === 'string' && item !== '');
}

/** `logit_bias`: an object by token number, or a list of pairs; `false` forbids a token. */
export function readLogitBias(body: Body): ReadonlyArray<readonly [number, number]> | undefined {
  const given = body['logit_bias'];
  if (typeof given !== 'object' || given === null) return undefined;
  const pairs: unknown[][] = Array.isArray(given) ? given.filter((pair) => Array.isArray(pair)) : Object.entries(given);
  const usable = pairs.flatMap(([token, bias]): Array<readonly [number, number]> => {
    const id = Number(token);
    const amount = bias === false ? -1e9 : Number(bias);
    return Number.isInteger(id) && id >= 0 && Number.isFinite(amount) ? [[id, amount]] : [];
  });
  return usable.length > 0 ? usable : undefined;
}

/** An object, or undefined for anything else. */
export function asObject(value: unknown): Body | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Body) : undefined;
}
