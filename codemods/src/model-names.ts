import { findOpenAIModel, openReplacements, type OpenAIModelMatch } from '@migrate-llm/shim/manifest';
import type { Draft } from './rule.ts';

/** Names that only OpenAI gives; `gpt-oss` is open already. */
const pattern =
  /^(?:(?:gpt|chatgpt)-(?!oss)[\w.-]+|o[134]-[\w-]+|text-embedding-(?:3-\w+|ada-\d+)|text-moderation-\w+|omni-moderation-\w+|text-davinci-\d+|davinci-\d+|babbage-\d+|dall-e-\d|whisper-1|tts-1(?:-hd)?)$/;
const tuned = /^ft:/;

/** Whether a text is the name of a model of OpenAI: `GPT-4o` is a title, `gpt-4o` a name. */
export function isModelName(text: string): boolean {
  return (
    text.length < 200 &&
    ((text === text.toLowerCase().trim() && findOpenAIModel(text)?.exact === true) ||
      pattern.test(text) ||
      (isTuned(text) && text.split(':').length >= 3))
  );
}

/** Whether a name is that of a fine-tuned model, which exists at OpenAI only. */
export function isTuned(text: string): boolean {
  return tuned.test(text);
}

/** The day OpenAI turns a model off, as findings carry it. */
export function deadlineOf(name: string): Pick<Draft, 'deadline'> {
  const model = findOpenAIModel(name)?.model;
  return typeof model?.shutdown === 'string'
    ? { deadline: { date: model.shutdown, of: model.id, source: model.source } }
    : {};
}

/** Says when OpenAI turns a model off, and what may take its place there and among the open ones; starts with a space, or is empty. */
export function endOf(match: OpenAIModelMatch | undefined): string {
  if (match === undefined) return '';
  const { id, shutdown, successor, role } = match.model;
  const whose = match.fineTuned || !match.exact ? `OpenAI's ${id}` : `OpenAI's own`;
  const instead = successor === null ? '' : `; OpenAI recommends ${successor}`;
  const candidates = openReplacements[role].slice(0, 2).map(({ model }) => model);
  return [
    ...(shutdown === null ? [] : [` ${whose} ends on ${shutdown}${instead}.`]),
    ...(candidates.length === 0 ? [] : [` Open models to try: ${candidates.join(', ')}.`]),
  ].join('');
}
