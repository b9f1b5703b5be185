/** What a model is for: a replacement is sought by it. */
export type ModelRole = 'chat' | 'small-chat' | 'reasoning' | 'embedding' | 'speech' | 'realtime' | 'image';

/** One OpenAI model name as it stands in code. */
export interface OpenAIModel {
  readonly id: string;
  readonly role: ModelRole;
  /** ISO date OpenAI turns (or turned) it off; `null` where no date is known. Fine-tunes go with their base model. */
  readonly shutdown: string | null;
  readonly source: string;
  /** ISO date. */
  readonly checked: string;
}

const source = 'https://platform.openai.com/docs/deprecations';
const checked = '2026-11-23';
const row = (role: ModelRole, shutdown: string | null, ...ids: readonly string[]): readonly OpenAIModel[] =>
  ids.map((id) => ({ id, role, shutdown, source, checked }));

/** OpenAI's models with their shutdown dates. Names missing here are not known to end. */
export const modelCatalogue: readonly OpenAIModel[] = [
  ...row('chat', '2026-10-23', 'gpt-4', 'gpt-4-turbo', 'gpt-4o-2024-05-13'),
  ...row('small-chat', '2026-10-23', 'gpt-3.5-turbo', 'gpt-4.1-nano'),
  ...row('reasoning', '2026-10-23', 'o1', 'o3-mini', 'o4-mini'),
  ...row('chat', '2026-12-11', 'gpt-5'),
  ...row('small-chat', '2026-12-11', 'gpt-5-mini', 'gpt-5-nano'),
  ...row('reasoning', '2026-12-11', 'o3'),
  ...row('chat', '2027-01-14', 'gpt-4o', 'gpt-4.1'),
  ...row('small-chat', '2027-01-14', 'gpt-4o-mini', 'gpt-4.1-mini'),
  ...row('speech', '2027-02-26', 'whisper-1', 'gpt-4o-transcribe'),
  ...row('chat', '2027-04-01', 'gpt-5.1'),
  ...row('small-chat', '2027-04-01', 'gpt-5.4-nano'),
  ...row('embedding', null, 'text-embedding-3-small', 'text-embedding-3-large', 'text-embedding-ada-002'),
];
