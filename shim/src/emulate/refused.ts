import type { Refusal } from '../refusal.ts';

/** What an endpoint says it cannot do: call tools at all, let the model choose, be told to call, or hold to a response format. */
export type Lack = 'tools' | 'auto-choice' | 'forced-choice' | 'format';

/**
 * Messages by which endpoints refuse tools and structured output. Sources: recorded answers of Groq, Hugging Face, Alibaba, DeepSeek and
 * Ollama; https://github.com/vllm-project/vllm/issues/9986, https://github.com/codefuturist/email-mcp/issues/58. Checked 2026-11-24.
 */
const rows: ReadonlyArray<readonly [lack: Lack, words: RegExp]> = [
  ['auto-choice', /--enable-auto-tool-choice|--tool-call-parser/i],
  [
    'forced-choice',
    /tool_choice.*(not support|unsupported)|does ?n.t support (this )?tool_choice|not support this tool_choice/i,
  ],
  [
    'tools',
    /(does ?n.t|does not|do not|not) support (tools|tool[ _-]?(use|call)|function[ _-]?call)|(tools?|tool[ _-]?(use|calling|calls)|function[ _-]?call(ing|s)?)`?('s)? (is|are)? ?not support|function calling not support/i,
  ],
  [
    'format',
    /(not support|unsupported|not available|not allowed|not permitted|must be one of|unknown|unrecognized|unavailable).*(response[ _]format|json_schema|json_object|json mode|structured[ _]output)|(response[ _]format|json_schema|json_object|json mode|structured[ _]outputs?).*(not support|unsupported|not available|not allowed|not permitted|must be one of|invalid|unavailable|is required)|failed to (parse|initialize|compile) grammar|invalid grammar|grammar error|guided_(json|grammar)/i,
  ],
];

/** Reads from an error what the endpoint lacks; `undefined` when it is about something else. */
export function readLack({ status, error }: Refusal): Lack | undefined {
  if (status < 400 || ![400, 404, 405, 422, 500, 501].includes(status)) return undefined;
  return rows.find(([, words]) => words.test(error.message))?.[0];
}
