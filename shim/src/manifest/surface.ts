/**
 * What becomes of a client method when a target answers: `native` is translated both ways, `emulated` is imitated, `passed` goes to the endpoint
 * as it is (which may not have it), `refused` is an error that names the alternative.
 */
export type SurfaceStatus = 'native' | 'emulated' | 'passed' | 'refused';

/** A method of the openai client, by its path from the client. */
export interface SurfaceEntry {
  readonly status: SurfaceStatus;
  /** Empty where nothing needs doing. */
  readonly fix: string;
}

const native: SurfaceEntry = { status: 'native', fix: '' };
const refused = (fix: string): SurfaceEntry => ({ status: 'refused', fix });
const passed = (fix: string): SurfaceEntry => ({ status: 'passed', fix });
const emulated: SurfaceEntry = { status: 'emulated', fix: '' };
const assistants = refused(
  'OpenAI turned the Assistants API off on 2026-08-26: threads become conversations, runs become responses.create (README of @migrate-llm/shim, "From Assistants to Responses")',
);
const rare = (fix: string): SurfaceEntry =>
  refused(`${fix}; an endpoint that has it needs a row, or "rules": {"pass": […]} of the target`);
const openaiOnly = passed('Few endpoints have it: keep this call on OpenAI, or move it by hand');

/** Methods of the client and what becomes of them; a path covers everything below it. Source: openai@7.57.0 resources; checked 2026-11-23. */
export const sdkSurface: Readonly<Record<string, SurfaceEntry>> = {
  'chat.completions.create': native,
  'chat.completions.parse': native,
  'chat.completions.stream': native,
  'chat.completions.runTools': native,
  'chat.completions.list': openaiOnly,
  'chat.completions.retrieve': openaiOnly,
  'chat.completions.update': openaiOnly,
  'chat.completions.delete': openaiOnly,
  'beta.chat.completions.parse': native,
  'beta.chat.completions.stream': native,
  'beta.chat.completions.runTools': native,
  'embeddings.create': native,
  'models.list': native,
  'models.retrieve': emulated,
  'completions.create': {
    status: 'native',
    fix: 'Where the endpoint has no completions its chat model answers the prompt: prefer chat.completions.create',
  },
  responses: emulated,
  'responses.compact': refused('Send truncation: "auto", or summarise in a call of your own'),
  'responses.inputTokens': emulated,
  conversations: emulated,
  'beta.assistants': assistants,
  'beta.threads': assistants,
  moderations: { status: 'emulated', fix: 'Name a guard model in "guard" of the settings: it answers' },
  audio: passed('Send it to a speech server'),
  images: passed('Few endpoints make images: keep this call on OpenAI, or send it to an image server'),
  files: rare('Put the text or the image into the call itself, or keep this call on OpenAI'),
  uploads: rare('Put the text or the image into the call itself, or keep this call on OpenAI'),
  batches: rare('Send the requests one by one, some of them at once'),
  fineTuning: rare('Train with the tools of the model’s host'),
  vectorStores: rare('Keep the vectors in a database of your own, made by embeddings.create'),
  containers: openaiOnly,
  evals: openaiOnly,
  realtime: rare('Make three calls of it: audio.transcriptions, chat.completions, audio.speech'),
  videos: openaiOnly,
};
