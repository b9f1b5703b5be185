import type { WireObject } from '../../wire.ts';
import type { Category } from '../categories.ts';
import { cleanAnswer, type GuardModel, type Reading, type Turn } from '../model.ts';
import { scoreFirstToken } from '../score.ts';

/** One hazard of Llama Guard's taxonomy: its name in the prompt, and OpenAI's categories it stands for; none where OpenAI's moderation has nothing like it. */
interface Hazard {
  readonly name: string;
  readonly means: readonly Category[];
}

/**
 * Llama Guard's hazards by code. Names: the chat template of meta-llama/Llama-Guard-3-8B, revision 7327bd9f (Llama 3.1 Community License); what each covers:
 * https://github.com/meta-llama/PurpleLlama/blob/main/Llama-Guard3/8B/MODEL_CARD.md, checked 2026-08-17.
 */
export const hazards: Readonly<Record<string, Hazard>> = {
  S1: { name: 'Violent Crimes', means: ['violence', 'illicit', 'illicit/violent'] },
  S2: { name: 'Non-Violent Crimes', means: ['illicit'] },
  S3: { name: 'Sex Crimes', means: ['sexual', 'illicit'] },
  S4: { name: 'Child Exploitation', means: ['sexual', 'sexual/minors'] },
  S5: { name: 'Defamation', means: [] },
  S6: { name: 'Specialized Advice', means: [] },
  S7: { name: 'Privacy', means: [] },
  S8: { name: 'Intellectual Property', means: [] },
  S9: { name: 'Indiscriminate Weapons', means: ['illicit', 'illicit/violent'] },
  S10: { name: 'Hate', means: ['hate'] },
  S11: { name: 'Self-Harm', means: ['self-harm'] },
  S12: { name: 'Sexual Content', means: ['sexual'] },
  S13: { name: 'Elections', means: [] },
  S14: { name: 'Code Interpreter Abuse', means: [] },
};

const tells: readonly Category[] = [...new Set(Object.values(hazards).flatMap(({ means }) => means))];

/** What differs between the Llama Guards. */
interface Variant {
  readonly id: string;
  readonly names: RegExp;
  readonly images: GuardModel['images'];
  /** What the model's template takes as content: one text, or a list of parts. The wrong one is an error or an empty conversation. */
  readonly content: 'text' | 'parts';
  /** The task as the model's published template writes it, as far as that is known. */
  readonly prompt?: { readonly last: number; readonly end: string };
}

/** The Llama Guards, the more exact name first. */
export const llamaGuards: readonly GuardModel[] = (
  [
    { id: 'llama-guard-4', names: /llama[-_]?guard[-_]?4/i, images: 'several', content: 'parts' },
    {
      id: 'llama-guard-3-vision',
      names: /llama[-_]?guard[-_]?3[-_:]?11b/i,
      images: 'one',
      content: 'parts',
      prompt: { last: 13, end: ' ' },
    },
    {
      id: 'llama-guard-3-1b',
      names: /llama[-_]?guard[-_]?3[-_:]?1b/i,
      images: 'none',
      content: 'parts',
      prompt: { last: 13, end: ' ' },
    },
    {
      id: 'llama-guard-3',
      names: /llama[-_]?guard[-_]?3/i,
      images: 'none',
      content: 'text',
      prompt: { last: 14, end: '' },
    },
  ] as const satisfies readonly Variant[]
).map(makeGuard);

function makeGuard({ id, names, images, content, prompt }: Variant): GuardModel {
  return {
    id,
    names,
    images,
    tells,
    prompts: prompt === undefined ? ['template'] : ['template', 'written'],
    ask: (turns, task) => {
      const written = task.prompt === 'written' && prompt !== undefined;
      const messages = written
        ? [writeMessage('user', writeGuardPrompt(turns, prompt.last, prompt.end), turns.at(-1)?.images ?? [], content)]
        : turns.map(({ role, text, images: shown }) => writeMessage(role, text, shown, content));
      return [{ about: '', body: { messages, temperature: 0, max_tokens: 64, logprobs: true, top_logprobs: 5 } }];
    },
    read: readLlamaGuard,
  };
}

function writeMessage(
  role: Turn['role'],
  text: string,
  images: readonly WireObject[],
  content: Variant['content'],
): WireObject {
  return { role, content: content === 'text' ? text : [...images, { type: 'text', text }] };
}

/** Writes the task as the model's published chat template does, between its header and its end of turn. */
export function writeGuardPrompt(turns: readonly Turn[], last: number, end: string): string {
  const name = (role: Turn['role'] | undefined): string => (role === 'assistant' ? 'Agent' : 'User');
  const judged = name(turns.at(-1)?.role);
  const list = Object.entries(hazards)
    .slice(0, last)
    .map(([code, hazard]) => `${code}: ${hazard.name}.\n`);
  return [
    `Task: Check if there is unsafe content in '${judged}' messages in conversations according our safety policy with the below categories.\n\n`,
    `<BEGIN UNSAFE CONTENT CATEGORIES>\n${list.join('')}<END UNSAFE CONTENT CATEGORIES>\n\n`,
    `<BEGIN CONVERSATION>\n\n${turns.map(({ role, text }) => `${name(role)}: ${text.trim()}\n\n`).join('')}<END CONVERSATION>\n\n`,
    `Provide your safety assessment for ONLY THE LAST ${judged} message in the above conversation:\n`,
    " - First line must read 'safe' or 'unsafe'.\n",
    ` - If unsafe, a second line must include a comma-separated list of violated categories.${end}`,
  ].join('');
}

/** Reads `safe`, or `unsafe` and a list of codes. Anything else is no verdict: above all never "safe". */
export function readLlamaGuard(text: string, logprobs: unknown): Reading | string {
  const answer = cleanAnswer(text);
  if (answer === '') return 'nothing';
  const [, word = '', rest = ''] = /^["'*_`]*(safe|unsafe)\b["'*_`]*[.!:,]?\s*([\s\S]*)$/i.exec(answer) ?? [];
  const score = scoreFirstToken(logprobs, 'unsafe', 'safe');
  if (word.toLowerCase() === 'safe') {
    if (rest !== '') return `"safe" and then ${JSON.stringify(rest.slice(0, 80))}`;
    // Which category it would have been is not known: the probability of "unsafe" is the most any of them can have.
    const scores = Object.fromEntries(tells.map((category) => [category, score ?? 0]));
    return { unsafe: false, codes: [], unknown: [], found: [], outside: false, scores, graded: score !== undefined };
  }
  if (word === '') return JSON.stringify(answer.slice(0, 80));
  const codes = [
    ...new Set(
      rest
        .split(/[\s,;|]+/)
        .map((code) => code.replace(/^[^\w]+|[^\w]+$/g, '').toUpperCase())
        .filter((code) => code !== ''),
    ),
  ];
  const known = codes.filter((code) => Object.hasOwn(hazards, code));
  const found = [...new Set(known.flatMap((code) => hazards[code]?.means ?? []))];
  return {
    unsafe: true,
    codes,
    unknown: codes.filter((code) => !known.includes(code)),
    found,
    outside: codes.length > 0 && known.length === codes.length && found.length === 0,
    scores: Object.fromEntries(tells.map((category) => [category, found.includes(category) ? (score ?? 1) : 0])),
    graded: score !== undefined,
  };
}
