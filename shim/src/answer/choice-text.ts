import type { Report } from '../report.ts';
import type { ChatPlan } from '../request/chat.ts';
import { omitKeys, type WireObject } from '../wire.ts';
import { createReplyReader } from '../emulate/reply.ts';
import { createJsonText } from './json-text.ts';
import { createThinkSplitter } from './reasoning.ts';
import { createTokenTrimmer } from './special-tokens.ts';
import { findTextCall, type TextCall } from './tool-syntax.ts';
import { createToolTextReader } from './tool-text.ts';

/** What the text of one choice is made of. */
export interface ReadContent {
  readonly content: string;
  readonly reasoning: string;
  readonly calls: readonly TextCall[];
}

/** Reads the text of one choice piece by piece: reasoning between tags, leaked tokens, calls written as text. */
export interface ChoiceText {
  push(text: string): ReadContent;
  /** Ends the text: gives what was kept back. `stopped` says that the model ended it, not a limit. */
  end(stopped: boolean): ReadContent;
  /** The endpoint sent a call of its own: text stays text from here on, and what was kept back comes out. */
  release(): ReadContent;
}

/** Starts the reader of one choice. `whole` says that its text comes in one piece. */
export function createChoiceText(where: string, plan: ChatPlan, whole: boolean, report: Report): ChoiceText {
  const splitter = plan.reasoning === 'keep' ? undefined : createThinkSplitter(whole);
  const trimmer = createTokenTrimmer();
  let reader = plan.offered.length > 0 ? createToolTextReader(plan.offered) : undefined;
  if (plan.replies === true && reader !== undefined) reader = createReplyReader(reader);
  const opener = plan.format?.opener;
  const json = opener === undefined ? undefined : createJsonText(opener);
  // Who must get a call gets no text: it waits for the end, where a call inside of it is looked for.
  const mustCall = plan.tools.mode === 'required' || plan.tools.mode === 'named';
  let held = '';
  let called = false;

  const note = (code: string, what: string, why: string, fix = ''): void =>
    report.add({ code, severity: 'info', where: `${where}.content`, what, why, fix });

  const noteCalls = (calls: readonly TextCall[]): void => {
    if (calls.length === 0) return;
    called = true;
    if (plan.tools.described !== true)
      note(
        'tool-call-recovered',
        `text sent as a call of ${calls.map(({ name }) => name).join(', ')}`,
        'the model wrote the call as text and the endpoint did not read it',
        'Turn on tool parsing at the endpoint',
      );
    if (calls.some(({ coerced }) => coerced))
      note(
        'tool-arguments-coerced',
        'texts in arguments sent as the types the schema asks for',
        'the model wrote numbers or booleans as texts',
      );
  };

  const readCalls = (text: string, last: boolean): { readonly text: string; readonly calls: readonly TextCall[] } => {
    if (reader === undefined) return { text, calls: [] };
    const first = reader.push(text);
    const rest = last ? reader.end() : { text: '', calls: [] };
    const read = { text: first.text + rest.text, calls: [...first.calls, ...rest.calls] };
    noteCalls(read.calls);
    if (!mustCall) return read;
    held += read.text;
    if (!last) return { text: '', calls: read.calls };
    const found = called ? undefined : findTextCall(held, plan.offered);
    if (found !== undefined) noteCalls(found);
    const kept = found === undefined ? held : '';
    held = '';
    return { text: kept, calls: found ?? read.calls };
  };

  const keepJson = (text: string, last: boolean, stopped: boolean): string => {
    if (json === undefined) return text;
    const kept = json.push(text) + (last && !called ? json.end(stopped) : '');
    if (last && json.repairs.length > 0)
      note(
        'structured-output-repaired',
        json.repairs.join('; '),
        'the request asked for JSON and nothing else',
        'Serve the model where response_format is held to',
      );
    return kept;
  };

  const finishSplit = (content: string, reasoning: string, last: boolean, stopped = false): ReadContent => {
    if (reasoning !== '')
      note(
        'reasoning-split',
        'text between <think> tags taken out of the content',
        "OpenAI's content has no reasoning",
      );
    const before = trimmer.trimmed;
    const text = trimmer.push(content) + (last ? trimmer.end() : '');
    if (trimmer.trimmed > before)
      note(
        'special-tokens-trimmed',
        "the model's control tokens taken out of the text",
        'they mark turns and are no part of the answer',
        'Serve the model with its own end-of-turn tokens',
      );
    const { text: plain, calls } = readCalls(text, last);
    return { content: keepJson(plain, last, stopped), reasoning: plan.reasoning === 'strip' ? '' : reasoning, calls };
  };

  return {
    push(text) {
      const split = splitter?.push(text) ?? { content: text, reasoning: '' };
      return finishSplit(split.content, split.reasoning, false);
    },
    end(stopped) {
      const split = splitter?.end() ?? { content: '', reasoning: '' };
      if (splitter?.stray === true)
        note(
          'reasoning-not-split',
          'a closing </think> left in the content',
          "the opening tag is in the model's template, so the reasoning had gone out before its end was seen",
          "Turn on the endpoint's reasoning parser",
        );
      return finishSplit(split.content, split.reasoning, true, stopped);
    },
    release() {
      const rest = reader?.end() ?? { text: '', calls: [] };
      noteCalls(rest.calls);
      reader = undefined;
      const content = held + rest.text;
      held = '';
      return { content, reasoning: '', calls: rest.calls };
    },
  };
}

/** Puts reasoning that came in a field of its own where the settings want it. */
export function placeReasoning(delta: WireObject, where: string, plan: ChatPlan, report: Report): WireObject {
  const given = delta['reasoning_content'] ?? delta['reasoning'];
  if (plan.reasoning === 'keep' || !('reasoning' in delta || 'reasoning_content' in delta)) return delta;
  if ('reasoning' in delta && typeof delta['reasoning'] !== 'string' && delta['reasoning'] !== null) return delta;
  const out = omitKeys(delta, ['reasoning', 'reasoning_content']);
  if (typeof given !== 'string') return out;
  const strip = plan.reasoning === 'strip';
  if (strip || 'reasoning' in delta)
    report.add({
      code: strip ? 'reasoning-stripped' : 'reasoning-moved',
      severity: 'info',
      where: `${where}.reasoning`,
      what: strip ? 'left out' : 'sent as reasoning_content',
      why: strip ? 'the setting reasoning says so' : 'the setting reasoning names that one place for it',
      fix: '',
    });
  return strip ? out : { ...out, reasoning_content: given };
}
