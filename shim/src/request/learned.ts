import { chatParams } from '../manifest/index.ts';
import { isObject, parseJson } from '../wire.ts';
import { cosmetic, reliedOn } from './relied-on.ts';

/** To lose what an app relies on silently would be worse than the endpoint's error, and so would a form of answer that the endpoint cannot give. */
const neededParams: ReadonlySet<string> = new Set([...reliedOn, 'modalities', 'audio', 'web_search_options']);

/** Without it a stream is the same but for its usage. */
const cosmeticParams: ReadonlySet<string> = new Set([...cosmetic, 'stream_options']);

/** Two names of one setting: an endpoint that refuses the one may take the other. */
const twins: Readonly<Record<string, string>> = {
  max_tokens: 'max_completion_tokens',
  max_completion_tokens: 'max_tokens',
};

/** What an endpoint's error has taught: a parameter to leave out, or to send under its other name. */
export type Lesson =
  | { readonly kind: 'drop'; readonly param: string; readonly severity: 'info' | 'lossy' }
  | { readonly kind: 'rename'; readonly param: string; readonly to: string };

/** Words with which servers say that they do not know or take a parameter. A value that is wrong is another matter: it must reach the app. */
const unsupported =
  /extra[_ ]forbidden|extra (inputs|fields) (are )?not permitted|unrecogni[sz]ed (request )?(argument|parameter|field|key)|unknown (field|parameter|argument|name)|unexpected (keyword )?(argument|parameter|field)|unsupported (parameter|argument|field)|(is|are) (not supported|unsupported)|not (currently |yet )?supported|does not (currently |yet )?support|additional ?properties|not allowed/i;

const aboutValues = /\bvalues?\b|must be|at most|maximum|greater than|less than/i;

/**
 * Reads an endpoint's 400 or 422 for parameters of the request that it does not know. Only names it says count, as FastAPI's `loc`, as `param`,
 * or quoted in the message; a message about the values of a parameter teaches nothing.
 */
export function readLessons(status: number, text: string, body: Readonly<Record<string, unknown>>): readonly Lesson[] {
  if (status !== 400 && status !== 422) return [];
  const sent = chatParams.filter((name) => name in body);
  return [
    ...new Set(listComplaints(parseJson(text) ?? text).flatMap((complaint) => nameParams(complaint, sent))),
  ].flatMap((param): Lesson[] => {
    const to = twins[param];
    if (to !== undefined) return to in body ? [] : [{ kind: 'rename', param, to }];
    if (neededParams.has(param)) return [];
    return [{ kind: 'drop', param, severity: cosmeticParams.has(param) ? 'info' : 'lossy' }];
  });
}

interface Complaint {
  readonly message: string;
  /** Name the endpoint gave apart from the message. */
  readonly param?: string;
}

/** Collects every message of an error in whatever form it came, with the name that stands beside it. */
function listComplaints(error: unknown): readonly Complaint[] {
  if (typeof error === 'string') return [{ message: error }];
  if (Array.isArray(error)) return error.flatMap(listComplaints);
  if (!isObject(error)) return [];
  const { loc, msg, type, message, param } = error;
  if (Array.isArray(loc)) {
    // Only a parameter itself: a path below it is about its value.
    const path = loc[0] === 'body' ? loc.slice(1) : loc;
    const name = path.length === 1 && typeof path[0] === 'string' ? path[0] : undefined;
    return [{ message: `${String(type ?? '')} ${String(msg ?? '')}`, ...(name === undefined ? {} : { param: name }) }];
  }
  const own: Complaint[] =
    typeof message === 'string' ? [{ message, ...(typeof param === 'string' ? { param } : {}) }] : [];
  const nested = ['error', 'errors', 'detail', 'details', ...(typeof message === 'string' ? [] : ['message'])];
  return [...own, ...nested.flatMap((key) => listComplaints(error[key]))];
}

function nameParams({ message, param }: Complaint, sent: readonly string[]): readonly string[] {
  if (!unsupported.test(message) || aboutValues.test(message)) return [];
  const given = sent.find((name) => name === param);
  if (given !== undefined) return [given];
  return sent.filter(
    (name) =>
      new RegExp(`(?<!\\w|(?<!body)\\.)${name}(?![\\w.\\[]|\\s*[<>=])`).test(message) && isSubject(name, message),
  );
}

/** A bare word such as "user" or "stop" is a parameter only where it is quoted or named as one. */
function isSubject(name: string, message: string): boolean {
  if (name.includes('_')) return true;
  return new RegExp(
    `["'\`]${name}["'\`]|(parameter|argument|field|property|key|input)s?(?: supplied)?:? ${name}\\b|(?:-> |body\\.)${name}\\b`,
    'i',
  ).test(message);
}
