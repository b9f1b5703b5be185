import type { ClientId, ProfileId } from './result.ts';

/** The clients a failure may hurt. */
export const clientIds: readonly ClientId[] = [
  'openai-4',
  'openai-5',
  'openai-6',
  'openai-7',
  'ai-sdk',
  'langchain',
  'agents',
];

/** What each profile counts as a failure. */
export const profiles: Readonly<Record<ProfileId, string>> = {
  'openai-observed': 'what OpenAI itself was recorded to do: must-level cases fail, others warn',
  'openai-spec-strict':
    "OpenAI's published schema to the letter: must and should fail, also where OpenAI itself is softer",
  'openai-4': 'what the OpenAI SDK 4 needs',
  'openai-5': 'what the OpenAI SDK 5 needs',
  'openai-6': 'what the OpenAI SDK 6 needs',
  'openai-7': 'what the OpenAI SDK 7 needs',
  'ai-sdk': 'what the Vercel AI SDK needs',
  langchain: 'what LangChain needs',
  agents: 'what the OpenAI Agents SDK needs',
};

/** Tells the name of a profile from other words. */
export function isProfile(word: string): word is ProfileId {
  return Object.hasOwn(profiles, word);
}
