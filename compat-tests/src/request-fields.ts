import { isObject, type JsonObject, readObjects } from './json.ts';

/** The tools of a chat or Responses request: name to the schema of their arguments, as written. */
export function readTools(request: JsonObject): ReadonlyMap<string, unknown> {
  const functions = readObjects(request['tools']).map((tool) => (isObject(tool['function']) ? tool['function'] : tool));
  return new Map(
    functions.flatMap(({ name, parameters }) => (typeof name === 'string' ? [[name, parameters] as const] : [])),
  );
}
