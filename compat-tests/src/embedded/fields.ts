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

/** An object, or undefined for anything else. */
export function asObject(value: unknown): Body | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Body) : undefined;
}
