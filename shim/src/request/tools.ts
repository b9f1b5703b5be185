import { createCheck, type SchemaCheck } from '../schema/validate.ts';
import { isObject, type WireObject } from '../wire.ts';
import type { ToolPlan } from './tool-choice.ts';

/** A function the request offered. */
export interface OfferedTool {
  readonly name: string;
  /** The schema of its arguments as the caller wrote it; `undefined` when there is none. */
  readonly schema: WireObject | undefined;
  /** `undefined` when nothing can be said of arguments. */
  readonly check: SchemaCheck | undefined;
}

/** Lists the functions whose calls may be read from the answer's text: those sent, unless the caller asked for no call or for JSON, which looks like one. */
export function listOffered(input: WireObject, { mode }: ToolPlan, sent: unknown): readonly OfferedTool[] {
  const format = isObject(input['response_format']) ? input['response_format']['type'] : undefined;
  if (mode === 'none' || !Array.isArray(sent) || (format !== undefined && format !== 'text')) return [];
  return sent.flatMap((tool): OfferedTool[] => {
    const held = isObject(tool) ? tool['function'] : undefined;
    if (!isObject(held) || typeof held['name'] !== 'string' || held['name'] === '') return [];
    const schema = isObject(held['parameters']) ? held['parameters'] : undefined;
    let check: OfferedTool['check'];
    return [
      {
        name: held['name'],
        schema,
        // Most answers hold no text that needs the check.
        get check() {
          check ??= schema === undefined ? undefined : createCheck(schema);
          return check;
        },
      },
    ];
  });
}
