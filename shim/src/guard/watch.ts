import type { Call } from '../call.ts';
import { Refusal, refuseRequest } from '../refusal.ts';
import { isObject, type WireObject } from '../wire.ts';
import { judge } from './guard.ts';
import type { Turn } from './model.ts';
import type { Guard } from './place.ts';
import { writeResult } from './result.ts';
import type { GuardMode } from './settings.ts';
import type { Verdict } from './verdict.ts';

/** What is to be done with one call's input and output. */
export interface Watch {
  readonly guard: Guard;
  readonly input: GuardMode;
  readonly output: GuardMode;
  /** The answer gets OpenAI's field `moderation`. */
  readonly reports: boolean;
}

/** Reads what the settings and the call's own `moderation` want: the stricter holds. `undefined` where nothing is watched. */
export function readWatch(guard: Guard | undefined, moderation: unknown): Watch | undefined {
  if (guard === undefined) return undefined;
  const { settings } = guard;
  const asked = isObject(moderation);
  const policy = asked && isObject(moderation['policy']) ? moderation['policy'] : {};
  const choose = (side: 'input' | 'output'): GuardMode => {
    const own = policy[side];
    const wanted = !asked ? 'off' : isObject(own) && own['mode'] === 'block' ? 'block' : 'score';
    return [settings[side], wanted].find((mode) => mode === 'block') ?? (wanted === 'off' ? settings[side] : wanted);
  };
  const [input, output] = [choose('input'), choose('output')];
  if (input === 'off' && output === 'off') return undefined;
  const reports = asked || input === 'score' || output === 'score';
  // The field has both sides.
  const at = (mode: GuardMode): GuardMode => (reports && mode === 'off' ? 'score' : mode);
  return { guard, input: at(input), output: at(output), reports };
}

/** One side of the field `moderation`, and whether what was judged may pass. */
export interface Judged {
  readonly passes: boolean;
  /** One entry for each piece that was judged, or an error. */
  readonly entry: WireObject;
}

/**
 * Judges the last turn of each conversation. In mode `block` what cannot be judged is an error; in mode `score` it is one in the field. A flagged piece gets a note.
 * Throws a `Refusal`.
 */
export async function judgeSide(
  call: Call,
  { guard }: Watch,
  side: 'input' | 'output',
  mode: GuardMode,
  conversations: ReadonlyArray<readonly Turn[]>,
): Promise<readonly Judged[]> {
  return Promise.all(
    conversations.map(async (turns): Promise<Judged> => {
      try {
        const verdict = await judge(call, guard, turns, call.report);
        const passes = !verdict.flagged || mode !== 'block';
        if (!passes) noteBlocked(call, guard, side, verdict);
        return {
          passes,
          entry: { type: 'moderation_result', model: guard.settings.model, ...nameResult(verdict, turns) },
        };
      } catch (error) {
        if (mode === 'block' || !(error instanceof Refusal)) throw error;
        const { code, message } = error.error;
        return { passes: true, entry: { type: 'error', code: code ?? 'guard_unavailable', message } };
      }
    }),
  );
}

function nameResult(verdict: Verdict, turns: readonly Turn[]): WireObject {
  const images = turns.at(-1)?.images ?? [];
  return writeResult(verdict, images.length > 0 ? ['text', 'image'] : ['text']);
}

/** Writes one side of the field `moderation`. Source of the form: openai@7.57.0 `ChatCompletion.Moderation`, checked 2026-11-25. */
export function writeSide(judged: readonly Judged[], model: string): WireObject {
  const failed = judged.find(({ entry }) => entry['type'] === 'error');
  return failed?.entry ?? { type: 'moderation_results', model, results: judged.map(({ entry }) => entry) };
}

function noteBlocked({ report }: Call, { settings }: Guard, side: 'input' | 'output', verdict: Verdict): void {
  report.add({
    code: `guard-${side}-blocked`,
    severity: 'refused',
    where: side === 'input' ? 'request.messages' : 'response.choices',
    what: side === 'input' ? 'the call was not made' : 'the answer ends with content_filter',
    why: `the guard ${settings.model} flags the ${side}${nameFindings(verdict)}`,
    fix: '',
  });
}

/** Makes the 400 of an input that the guard flags. Source: Azure OpenAI's content filter answers so, https://learn.microsoft.com/azure/ai-services/openai/concepts/content-filter, checked 2026-11-23. */
export function refuseInput({ guard }: Watch): Refusal {
  const what = `the guard ${guard.settings.model} flags the input: the call was not made`;
  return refuseRequest(what, 'messages', 'content_filter');
}

function nameFindings({ found, codes }: Verdict): string {
  const names = found.length > 0 ? found : codes;
  return names.length === 0 ? '' : `: ${names.join(', ')}`;
}
