import type { Category } from '../categories.ts';
import { cleanAnswer, type GuardModel, type Question, type Reading, type Turn } from '../model.ts';
import { scoreFirstToken } from '../score.ts';

/**
 * The risks that are asked about, one request each, and OpenAI's categories they stand for. `harm` is the model's own general one: it flags without a category.
 * Source: https://ollama.com/ibm/granite3.1-guardian (risk names; a risk as system text), https://docs.mellea.ai/api/mellea/stdlib/requirements/safety/guardian; checked 2026-11-25.
 */
const risks: Readonly<Record<string, readonly Category[]>> = {
  harm: [],
  social_bias: ['hate'],
  violence: ['violence'],
  sexual_content: ['sexual'],
  unethical_behavior: ['illicit'],
};

/** IBM's Granite Guardians: up to 3.2 they answer Yes or No, from 3.3 on between `<score>` tags. */
export const graniteGuardians: readonly GuardModel[] = [
  makeGuardian(
    'granite-guardian-3.3',
    /granite[-_]?(?:3\.[3-9]|4(?:\.\d)?)[-_]?guardian|granite[-_]?guardian[-_]?(?:3\.[3-9]|4)/i,
    (risk) => ({ chat_template_kwargs: { guardian_config: { criteria_id: risk }, think: false } }),
  ),
  makeGuardian('granite-guardian', /granite[-_\d.]*guardian/i, (risk) => ({
    chat_template_kwargs: { guardian_config: { risk_name: risk } },
  })),
];

/** `template` hands the risk to the model's template (vLLM, llama-server); `written` as system text (Ollama). */
function makeGuardian(id: string, names: RegExp, configure: (risk: string) => object): GuardModel {
  return {
    id,
    names,
    images: 'none',
    tells: Object.values(risks).flat(),
    prompts: ['template', 'written'],
    ask: (turns, { prompt }) =>
      Object.keys(risks).map((risk): Question => {
        const messages = lastExchange(turns).map(({ role, text }) => ({ role, content: text }));
        const common = { temperature: 0, max_tokens: 64, logprobs: true, top_logprobs: 5 };
        return prompt === 'written'
          ? { about: risk, body: { ...common, messages: [{ role: 'system', content: risk }, ...messages] } }
          : { about: risk, body: { ...common, messages, ...configure(risk) } };
      }),
    read: (text, logprobs, { about }) => readGuardian(text, logprobs, about),
  };
}

/** The model judges a prompt, or an answer beside its prompt. */
function lastExchange(turns: readonly Turn[]): readonly Turn[] {
  return turns.slice(turns.at(-1)?.role === 'assistant' ? -2 : -1);
}

/** Reads yes or no to one risk. */
export function readGuardian(text: string, logprobs: unknown, risk: string): Reading | string {
  const answer = cleanAnswer(text);
  const tagged = /<score>\s*(yes|no)\s*<\/score>/i.exec(answer)?.[1];
  const bare = /^(yes|no)\b[.\s]*(?:<confidence>\s*\w+\s*<\/confidence>)?$/i.exec(answer)?.[1];
  const word = (tagged ?? bare)?.toLowerCase();
  if (word === undefined) return answer === '' ? 'nothing' : JSON.stringify(answer.slice(0, 80));
  const unsafe = word === 'yes';
  const means = risks[risk] ?? [];
  // With tags the first token is the tag's.
  const score = tagged === undefined ? scoreFirstToken(logprobs, 'yes', 'no') : undefined;
  return {
    unsafe,
    codes: unsafe ? [risk] : [],
    unknown: [],
    found: unsafe ? means : [],
    outside: false,
    scores: Object.fromEntries(means.map((category) => [category, score ?? (unsafe ? 1 : 0)])),
    graded: score !== undefined,
  };
}
