import { dateIn, strip } from './model-name.ts';

/** What a model is for: a replacement is sought by it. */
export type ModelRole =
  | 'chat'
  | 'small-chat'
  | 'reasoning'
  | 'code'
  | 'search'
  | 'deep-research'
  | 'embedding'
  | 'moderation'
  | 'transcription'
  | 'text-to-speech'
  | 'audio-chat'
  | 'realtime'
  | 'image'
  | 'video';

/** One OpenAI model name as it stands in code. */
export interface OpenAIModel {
  readonly id: string;
  readonly role: ModelRole;
  /** ISO date OpenAI turns (or turned) it off; `null` where no date is known. Fine-tunes go with their base model. */
  readonly shutdown: string | null;
  /** What OpenAI recommends instead, among its own models, in the words of its page; `null` where that is not known. */
  readonly successor: string | null;
  readonly source: string;
  /** ISO date of the source. */
  readonly checked: string;
}

/** A name found in the catalogue. */
export interface OpenAIModelMatch {
  readonly model: OpenAIModel;
  /** The name is of a fine-tune, `ft:…`, of this model. */
  readonly fineTuned: boolean;
  /** False where the name carries a date the catalogue does not list: its own end may be another day. */
  readonly exact: boolean;
}

/** Dates: the doc comments of openai@7.57.0, which repeat OpenAI's deprecations page. */
const sdk = { source: 'https://developers.openai.com/api/docs/deprecations', checked: '2026-11-13' };
/** Successors: the same page, in a stored copy that names models of openai@7.57.0. */
const page = {
  source: 'https://developers.openai.com/api/docs/deprecations?translationFallback=zh-Hans',
  checked: '2026-11-13',
};
const october = {
  source:
    'https://dev.to/max_bob/openai-api-deprecations-2026-2027-every-shutdown-date-and-recommended-replacement-gpt-4o-2ffm',
  checked: '2026-10-28',
};
const midOctober = {
  source: 'https://dev.to/importstatic/every-openai-model-shutdown-date-until-january-2027-and-what-replaces-it-1dfk',
  checked: '2026-10-15',
};
const july = { source: 'https://github.com/anomalyco/models.dev/pull/3707', checked: '2026-07-24' };
const speech = {
  source: 'https://www.developersdigest.tech/blog/whisper-1-gpt-4o-transcribe-deprecation',
  checked: '2026-10-17',
};
/** Models that openai@7.57.0 lists without an end. */
const listed = { source: 'https://www.npmjs.com/package/openai/v/7.57.0', checked: '2026-11-13' };

/** Models of one role that end on one day: ids apart by spaces. */
const rows = (
  role: ModelRole,
  shutdown: string | null,
  successor: string | null,
  from: Pick<OpenAIModel, 'source' | 'checked'>,
  ids: string,
): readonly OpenAIModel[] => ids.split(' ').map((id) => ({ id, role, shutdown, successor, ...from }));

const pro = 'gpt-5.6-sol with reasoning.mode: pro';
const transcribe = 'gpt-live-transcribe or gpt-transcribe';
const image = 'gpt-image-2.6-sunburst or gpt-image-2.6-flare';

/** OpenAI's models with their shutdown dates. Names missing here are not known to end. */
export const openaiModels: readonly OpenAIModel[] = [
  ...rows('chat', '2024-12-06', null, sdk, 'gpt-4-vision-preview'),
  ...rows('chat', '2025-06-06', null, sdk, 'gpt-4-32k gpt-4-32k-0314 gpt-4-32k-0613'),
  ...rows('chat', '2026-02-17', null, sdk, 'chatgpt-4o-latest'),
  ...rows('chat', '2026-03-26', null, sdk, 'gpt-4-0125-preview gpt-4-turbo-preview gpt-4-0314'),
  ...rows('chat', '2026-07-23', 'gpt-5.6-sol', july, 'gpt-5-chat-latest gpt-5.1-chat-latest'),
  ...rows('chat', '2026-08-10', null, sdk, 'gpt-5.2-chat-latest gpt-5.3-chat-latest'),
  ...rows('chat', '2026-10-23', 'gpt-5.6-sol', midOctober, 'gpt-4 gpt-4-0613 gpt-4-1106-preview gpt-4o-2024-05-13'),
  ...rows('chat', '2026-10-23', 'gpt-5.6-sol', midOctober, 'gpt-4-turbo gpt-4-turbo-2024-04-09'),
  ...rows('chat', '2026-12-11', 'gpt-6.1-sol', page, 'gpt-5 gpt-5-2025-08-07'),
  ...rows('chat', '2027-01-14', 'gpt-6-luna', october, 'gpt-4o gpt-4o-2024-08-06 gpt-4o-2024-11-20'),
  ...rows('chat', '2027-01-14', 'gpt-6-luna', october, 'gpt-4.1 gpt-4.1-2025-04-14'),
  ...rows('chat', '2027-04-01', null, sdk, 'gpt-5.1 gpt-5.1-2025-11-13'),
  ...rows('chat', null, null, listed, 'gpt-5.2 gpt-5.2-2025-12-11 gpt-5.4 gpt-5.5 gpt-5.5-2026-04-23'),
  ...rows('chat', null, null, listed, 'gpt-5.6-sol gpt-5.6-terra gpt-6-sol gpt-6-astra gpt-6.1-sol gpt-6.1-terra'),

  ...rows('small-chat', '2024-09-13', null, sdk, 'gpt-3.5-turbo-0301 gpt-3.5-turbo-0613'),
  ...rows('small-chat', '2024-09-13', null, sdk, 'gpt-3.5-turbo-16k gpt-3.5-turbo-16k-0613'),
  ...rows('small-chat', '2026-09-28', null, sdk, 'gpt-3.5-turbo-1106'),
  ...rows('small-chat', '2026-10-23', 'gpt-5.6-terra', midOctober, 'gpt-3.5-turbo gpt-3.5-turbo-0125'),
  ...rows('small-chat', '2026-10-23', null, sdk, 'gpt-4.1-nano gpt-4.1-nano-2025-04-14'),
  ...rows('small-chat', '2026-12-11', 'gpt-6.1-terra', page, 'gpt-5-mini gpt-5-mini-2025-08-07'),
  ...rows('small-chat', '2026-12-11', null, sdk, 'gpt-5-nano gpt-5-nano-2025-08-07'),
  ...rows('small-chat', '2027-01-14', 'gpt-6-luna', october, 'gpt-4o-mini gpt-4o-mini-2024-07-18'),
  ...rows('small-chat', '2027-01-14', 'gpt-6-luna', october, 'gpt-4.1-mini gpt-4.1-mini-2025-04-14'),
  ...rows('small-chat', '2027-04-01', null, sdk, 'gpt-5.4-nano gpt-5.4-nano-2026-03-17'),
  ...rows('small-chat', null, null, listed, 'gpt-5.4-mini gpt-5.4-mini-2026-03-17 gpt-5.6-luna gpt-6-luna'),

  ...rows('reasoning', '2025-07-28', null, sdk, 'o1-preview o1-preview-2024-09-12'),
  ...rows('reasoning', '2025-10-27', null, sdk, 'o1-mini o1-mini-2024-09-12'),
  ...rows('reasoning', '2026-10-23', 'gpt-5.6-sol', midOctober, 'o1 o1-2024-12-17 o3-mini o3-mini-2025-01-31'),
  ...rows('reasoning', '2026-10-23', pro, midOctober, 'o1-pro o1-pro-2025-03-19'),
  ...rows('reasoning', '2026-10-23', 'gpt-5.6-terra', midOctober, 'o4-mini o4-mini-2025-04-16'),
  ...rows('reasoning', '2026-12-11', 'gpt-5.6-sol', october, 'o3 o3-2025-04-16'),
  ...rows('reasoning', '2026-12-11', null, october, 'o3-pro o3-pro-2025-06-10 gpt-5-pro gpt-5-pro-2025-10-06'),
  ...rows('reasoning', null, null, listed, 'gpt-5.2-pro gpt-5.2-pro-2025-12-11 gpt-5.5-pro gpt-5.5-pro-2026-04-23'),

  ...rows('code', '2026-02-12', null, sdk, 'codex-mini-latest'),
  ...rows('code', '2026-07-23', 'gpt-5.6-sol', july, 'gpt-5-codex gpt-5.1-codex gpt-5.1-codex-max gpt-5.2-codex'),
  ...rows('code', '2026-07-23', 'gpt-5.6-terra', july, 'gpt-5.1-codex-mini'),
  ...rows('deep-research', '2026-07-23', 'gpt-5.6-sol', july, 'o3-deep-research o3-deep-research-2025-06-26'),
  ...rows('deep-research', '2026-07-23', 'gpt-5.6-sol', july, 'o4-mini-deep-research o4-mini-deep-research-2025-06-26'),
  ...rows('search', '2026-07-23', null, sdk, 'gpt-4o-search-preview gpt-4o-search-preview-2025-03-11'),
  ...rows('search', '2026-07-23', null, sdk, 'gpt-4o-mini-search-preview gpt-4o-mini-search-preview-2025-03-11'),

  ...rows('embedding', null, null, listed, 'text-embedding-3-small text-embedding-3-large text-embedding-ada-002'),
  ...rows('moderation', null, null, listed, 'omni-moderation-latest omni-moderation-2024-09-26'),
  ...rows('transcription', '2027-02-26', transcribe, speech, 'whisper-1 gpt-4o-transcribe gpt-4o-mini-transcribe'),
  ...rows('transcription', '2027-02-26', transcribe, speech, 'gpt-4o-transcribe-diarize'),
  ...rows('transcription', '2027-02-26', null, sdk, 'gpt-4o-mini-transcribe-2025-12-15'),
  ...rows('text-to-speech', '2027-01-06', 'gpt-realtime-2.1-mini', sdk, 'tts-1 tts-1-hd gpt-4o-mini-tts'),
  ...rows('text-to-speech', '2027-01-06', 'gpt-realtime-2.1-mini', sdk, 'gpt-4o-mini-tts-2025-12-15'),
  ...rows('audio-chat', '2025-10-10', null, sdk, 'gpt-4o-audio-preview-2024-10-01'),
  ...rows('audio-chat', '2026-05-07', null, sdk, 'gpt-4o-audio-preview gpt-4o-audio-preview-2024-12-17'),
  ...rows('audio-chat', '2026-05-07', null, sdk, 'gpt-4o-audio-preview-2025-06-03 gpt-4o-mini-audio-preview'),
  ...rows('audio-chat', '2026-05-07', null, sdk, 'gpt-4o-mini-audio-preview-2024-12-17'),
  ...rows('audio-chat', '2027-01-20', null, sdk, 'gpt-audio-mini gpt-audio-mini-2025-12-15'),
  ...rows('realtime', '2027-01-20', null, sdk, 'gpt-realtime gpt-realtime-2025-08-28'),
  ...rows('realtime', '2027-01-20', null, sdk, 'gpt-realtime-mini gpt-realtime-mini-2025-12-15'),
  ...rows('image', '2026-10-23', 'gpt-image-2.5-sunburst or gpt-image-2.5-flare', sdk, 'gpt-image-1'),
  ...rows('image', '2026-12-01', image, page, 'gpt-image-1-mini gpt-image-1.5 chatgpt-image-latest'),
  ...rows('video', '2026-09-24', null, sdk, 'sora-2 sora-2-pro'),
];

const byId = new Map(openaiModels.map((model) => [model.id, model]));

/**
 * Finds an OpenAI model by a name as it stands in code: in any case, behind `openai/`, as a fine-tune (`ft:gpt-4o-mini-2024-07-18:acme::id`),
 * or with a date the catalogue does not list. `undefined` for names it does not know.
 */
export function findOpenAIModel(name: string): OpenAIModelMatch | undefined {
  const parts = name.trim().toLowerCase().split(':');
  const fineTuned = parts[0] === 'ft';
  if (!fineTuned && parts.length > 1) return undefined;
  const id = strip((fineTuned ? parts[1] : parts[0]) ?? '', 'openai/');
  const model = byId.get(id);
  if (model !== undefined) return { model, fineTuned, exact: true };
  const date = dateIn(id);
  const base = date === undefined ? undefined : byId.get(id.slice(0, -date.length));
  return base === undefined ? undefined : { model: base, fineTuned, exact: false };
}
