import { isObject, type JsonObject, parseJson } from '../json.ts';
import { makeInstance, readHints } from './instance.ts';

/** One turn of a conversation, whichever API it came by. */
export interface Turn {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly text: string;
  /** The main colours of its images. */
  readonly images?: readonly string[];
}

/** A function the model may call. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly parameters: JsonObject;
}

/** What the scripted model is asked, whichever API it came by. */
export interface Talk {
  readonly turns: readonly Turn[];
  readonly tools: readonly Tool[];
  /** `named` allows only the tools it names and demands one of them. */
  readonly choice: 'auto' | 'none' | 'required' | { readonly named: string };
  readonly parallel: boolean;
  readonly format: 'text' | 'json_object' | { readonly schema: unknown };
  /** Picks among the words of open answers; the same number gives the same answer. */
  readonly variety: number;
}

/** What the scripted model answers: a text, or calls. */
export interface Reply {
  readonly text: string;
  readonly calls: ReadonlyArray<{ readonly name: string; readonly arguments: string }>;
}

const capitals: Readonly<Record<string, string>> = {
  france: 'Paris',
  germany: 'Berlin',
  italy: 'Rome',
  japan: 'Tokyo',
  spain: 'Madrid',
};
const animals = ['crane', 'lynx', 'otter', 'ibex', 'newt', 'stork', 'badger', 'shrew', 'viper', 'finch', 'tapir'];
const places = ['on the roof', 'by the river', 'under the bridge', 'in the library', 'near the old mill'];
const deeds = ['waits for rain', 'counts the boats', 'reads the news', 'sings to itself', 'hides a pebble'];

/** Answers as the script says; reads only the words and the form of a request. */
export function answerByScript(talk: Talk): Reply {
  const last = talk.turns.at(-1);
  const asked = talk.turns.findLast(({ role }) => role === 'user')?.text ?? '';
  const calls = chooseCalls(talk, asked, last?.role === 'tool');
  if (calls.length > 0) return { text: '', calls };
  return { text: writeText(talk, asked), calls: [] };
}

function chooseCalls({ tools, choice, parallel }: Talk, asked: string, answered: boolean): Reply['calls'] {
  if (choice === 'none' || tools.length === 0) return [];
  const wanted = tools.filter((tool) => isMeant(tool, asked));
  if (choice === 'auto' && (answered || wanted.length === 0)) return [];
  const named = typeof choice === 'object' ? tools.filter(({ name }) => name === choice.named) : [];
  const [tool] = typeof choice === 'object' ? named : [...wanted, ...tools];
  if (tool === undefined) return [];
  const { texts, numbers } = readHints(asked);
  const two =
    parallel && typeof choice !== 'object' && texts.length > 1 && /\b(and|both)\b/.test(asked) && takesOneText(tool);
  return (two ? texts.slice(0, 2) : [undefined]).map((text) => ({
    name: tool.name,
    arguments: JSON.stringify(makeInstance(tool.parameters, { texts: text === undefined ? texts : [text], numbers })),
  }));
}

function takesOneText({ parameters }: Tool): boolean {
  const properties = isObject(parameters['properties']) ? Object.values(parameters['properties']) : [];
  return (
    properties.filter((one) => isObject(one) && one['type'] === 'string' && one['enum'] === undefined).length === 1
  );
}

const words = (text: string) => new Set(text.toLowerCase().match(/\p{L}{4,}/gu) ?? []);
const idle = new Set([
  'exactly',
  'reply',
  'with',
  'what',
  'that',
  'this',
  'does',
  'nothing',
  'name',
  'says',
  'current',
  'gets',
  'user',
  'from',
  'your',
  'please',
  'returns',
]);

function isMeant({ name, description }: Tool, asked: string): boolean {
  const known = words(`${name.replaceAll('_', ' ')} ${description}`);
  return [...words(asked)].some((word) => known.has(word) && !idle.has(word));
}

function writeText(talk: Talk, asked: string): string {
  if (talk.format !== 'text') return writeFormatted(talk.format, asked, talk.variety);
  const system = talk.turns.filter(({ role }) => role === 'system').map(({ text }) => text);
  const ordered = system.map(readOrder).findLast((order) => order !== undefined) ?? readOrder(asked);
  const results = talk.turns
    .slice(talk.turns.findLastIndex(({ role }) => role === 'user'))
    .filter(({ role }) => role === 'tool');
  if (results.length > 0) return `The answer is: ${results.map(({ text }) => text).join('; ')}.`;
  return lookAt(talk) ?? ordered ?? recall(talk, asked) ?? count(asked) ?? compute(asked) ?? writeOpen(talk, asked);
}

function writeFormatted(format: Exclude<Talk['format'], 'text'>, asked: string, variety: number): string {
  const hints = asksLong(asked) ? { texts: [writeSentences(20, variety)], numbers: [] } : readHints(asked);
  if (format !== 'json_object') return JSON.stringify(makeInstance(format.schema, hints));
  const given = /\{[^{}]*\}/.exec(asked)?.[0];
  if (given !== undefined && isObject(parseJson(given))) return given;
  const listed = /\bkeys?\s+([^.:;?!]+)/i.exec(asked)?.[1] ?? '';
  const keys = (listed.match(/\p{L}[\p{L}\d_]*/gu) ?? []).filter(
    (word) => !['and', 'the', 'with', 'only', 'of'].includes(word),
  );
  return JSON.stringify(
    Object.fromEntries((keys.length > 0 ? keys : ['answer']).map((key) => [key, hints.texts[0] ?? 'sample'])),
  );
}

/** `Reply with exactly: X`, in its several wordings. */
function readOrder(text: string): string | undefined {
  const order =
    /\b(?:reply|answer|respond|say|repeat)\b[^.:\n"]{0,60}?\b(?:exactly|only|just|verbatim|single word|one word|the word)\b[^:"\n]{0,40}?(:\s*|\s+)(?:"([^"]+)"|([^\n]+))/i.exec(
      text,
    );
  if (order === null) return undefined;
  const [, mark = '', quoted, rest = ''] = order;
  if (quoted === undefined && /^(?:alone|only|itself)\b/i.test(rest.trim())) return undefined;
  // After a colon all is meant; without one the full stop ends the order.
  return (
    quoted ??
    (mark.startsWith(':')
      ? rest.trim()
      : rest
          .trim()
          .replace(/^(?:the )?(?:single |one )?words? /i, '')
          .replace(/(?<=\p{L})\.$/u, ''))
  );
}

function recall({ turns }: Talk, asked: string): string | undefined {
  const subject = /\b(code ?word|name|colou?r|number|city|password|animal)\b[^?]*\?/i.exec(asked)?.[1];
  if (subject === undefined) return undefined;
  const told = new RegExp(String.raw`\b${subject.replace(' ', ' ?')}\s+is\s+"?([\p{L}\d-]+)"?`, 'giu');
  const found = turns.flatMap(({ text }) => [...text.matchAll(told)].map(([, word]) => word));
  return found.at(-1);
}

function count(asked: string): string | undefined {
  const [, from, until] = /\bcount\b[^\d]*(\d+)\s*(?:to|until|-)\s*(\d+)/i.exec(asked) ?? [];
  if (from === undefined || until === undefined) return undefined;
  const length = Math.min(2000, Math.max(1, Number(until) - Number(from) + 1));
  return Array.from({ length }, (_, at) => Number(from) + at).join(', ');
}

function compute(asked: string): string | undefined {
  const [, left, sign, right] = /(-?\d+)\s*(\+|-|\*|×|plus|minus|times)\s*(-?\d+)/i.exec(asked) ?? [];
  if (left !== undefined && right !== undefined) {
    const [a, b] = [Number(left), Number(right)];
    return String(/\+|plus/i.test(sign ?? '') ? a + b : /-|minus/i.test(sign ?? '') ? a - b : a * b);
  }
  const country = /\bcapital of (\p{L}+)/iu.exec(asked)?.[1];
  return country === undefined ? undefined : capitals[country.toLowerCase()];
}

function lookAt({ turns }: Talk): string | undefined {
  const images = turns.flatMap((turn) => turn.images ?? []);
  if (images.length === 0) return undefined;
  return images.length === 1 ? `The image is ${images[0]}.` : `The images are ${images.join(' and ')}.`;
}

function writeOpen({ variety }: Talk, asked: string): string {
  const foreign = [...asked].filter((character) => character > '\u007F').length;
  // It has no other language than English and one sentence of German: what else is asked is said back in its own language.
  if (/\b(auf Deutsch|ein|ist|was|und)\b/.test(asked) && /[äöüß]|Deutsch/.test(asked))
    return 'Ein Kranich steht am Fluss, und das Wasser ist ruhig.';
  if (foreign > 0 && foreign * 8 > asked.length) return asked;
  return writeSentences(asksLong(asked) ? 20 : 1, variety);
}

const asksLong = (asked: string) => /\b(story|essay|long|paragraphs?|poem|explain|how many|why)\b/i.test(asked);

function writeSentences(many: number, variety: number): string {
  return Array.from({ length: many }, (_, at) => {
    const pick = (list: readonly string[], step: number) => list[(variety * step + at * (step + 2)) % list.length];
    return `The ${pick(animals, 3)} ${pick(places, 2)} ${pick(deeds, 1)}.`;
  }).join(' ');
}
