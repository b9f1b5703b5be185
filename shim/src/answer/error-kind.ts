import type { ErrorBody } from './error-body.ts';

/** What went wrong, in OpenAI's terms. */
export interface ErrorKind {
  readonly status: number;
  readonly type: string;
  readonly code: string | null;
}

interface Rule {
  readonly code: string;
  readonly status: number;
  readonly type: string | ((words: string) => string);
  /** Statuses under which the words mean it. */
  readonly under: readonly number[];
  /** Codes and types endpoints give it. */
  readonly names: RegExp;
  readonly words: RegExp;
}

const request = 'invalid_request_error';

/**
 * Kinds of errors by which the SDK's users act, the most telling first. Source: the messages of llama-server, vLLM, Ollama, TGI, Groq, Together, Mistral,
 * DeepSeek, Cerebras, Baseten, Xiaomi, Hugging Face, OpenRouter and Azure, recorded or in their sources, checked 2026-11-23.
 */
const rules: readonly Rule[] = [
  {
    code: 'context_length_exceeded',
    status: 400,
    type: request,
    under: [400, 413, 422, 500],
    names: /^(context_length_exceeded|exceed_context_size_error)$/,
    words:
      /context[ _](length|size|window)|maximum context|max context|too large to process|too large for model|prompt is too long|prompt too long|input is too long|`?inputs`? tokens?.*must be|reduce the length of the messages/i,
  },
  {
    code: 'insufficient_quota',
    status: 429,
    type: 'insufficient_quota',
    under: [402, 403, 429],
    names: /^insufficient_quota$/,
    // A limit per minute is often called a quota, and its message may name the billing page.
    words:
      /^(?!.*(rate.?limit|per (second|minute|hour|day)|(try again|retry) (in|after))).*(\bquota\b|billing|insufficient (balance|credit|funds)|credit balance|included credits|payment required)/is,
  },
  {
    code: 'rate_limit_exceeded',
    status: 429,
    type: (words) => (/tokens? per|\btpm\b|\btpd\b/i.test(words) ? 'tokens' : 'requests'),
    under: [403, 413, 429],
    names: /^(rate_limit_exceeded|rate_limit_error)$/,
    words: /rate.?limit|too many requests|tokens per (minute|day)/i,
  },
  {
    code: 'invalid_api_key',
    status: 401,
    type: request,
    under: [400, 401, 403],
    names: /^(invalid_api_key|wrong_api_key|invalid_key|authentication_error)$/,
    words:
      /\b(invalid|incorrect|wrong|missing|check|bad)\b.{0,30}\b(api.?key|subscription key|credentials?|(access|auth|bearer) token|authentication header)\b|\bapi.?key\b.{0,40}\b(invalid|incorrect|wrong|missing|not valid|expired)\b|\bunauthori[sz]ed\b/i,
  },
  {
    code: 'content_filter',
    status: 400,
    type: request,
    under: [400, 403, 422],
    names: /^(content_filter|content_policy_violation|responsibleaipolicyviolation|data_inspection_failed)$/i,
    words: /content.?(filter|policy|management policy)|\bflagged (as|by|for)\b|inappropriate content/i,
  },
  {
    // llama-server answers 500 for what its model cannot take. Source: its recorded answer, 2026-11-23; OpenAI's own is a 400 with this code, recorded as well.
    code: 'invalid_value',
    status: 400,
    type: request,
    under: [500, 501],
    names: /(?!)/,
    words: /^(image|audio|video) input is not supported|does not support (image|audio|video) input/i,
  },
  {
    code: 'model_not_found',
    status: 404,
    type: request,
    under: [400, 404, 422],
    names: /^(model_not_found|model_not_available|invalid_model|deploymentnotfound)$/i,
    // Between the word and what became of it stands a name, quoted or of a few words, and nothing more.
    words:
      /\bmodel\b[\s:]*(`[^`]{1,200}`|'[^']{1,200}'|"[^"]{1,200}"|([\w./:@-]+\s+){0,3}?)\s*(was |is |could |does |do )?(not found|not exist|not be found|not available|no longer available|not supported on this)|\b(no such|unknown|invalid|unable to access|not supported) model\b(?!.*\b(input|type|format|output)\b)|supported (api )?model names|model identifier is invalid/i,
  },
];

/** Tells what an error is, by its code, its type, its status and its words, in this order of trust. */
export function classifyError(given: number, { message, type, code, isOpenAI }: ErrorBody): ErrorKind {
  const words = message.slice(0, 2000);
  const named = rules.find(({ names }) => names.test(code ?? '') || (isOpenAI !== true && names.test(type ?? '')));
  const rule =
    named ??
    // OpenAI's own envelope says what it means; a status that already is the kind's is trusted before words.
    (isOpenAI === true
      ? undefined
      : rules.find(({ under, words: pattern }) => under.includes(given) && pattern.test(words)));
  if (rule !== undefined)
    return {
      status: rule.status,
      type:
        isOpenAI === true && type !== undefined ? type : typeof rule.type === 'string' ? rule.type : rule.type(words),
      code: rule.code,
    };
  // TGI answers 424 for a failed generation, and 529 is Anthropic's word for overloaded: OpenAI has 500 and 503. Source: https://github.com/huggingface/text-generation-inference, checked 2026-11-23
  const status = given === 424 ? 500 : given === 529 ? 503 : given;
  const own =
    code === undefined || /^\d+$/.test(code) || code === type || /^(invalid_request_error|not_found_error)$/.test(code)
      ? null
      : code;
  if (isOpenAI === true) return { status, type: type ?? request, code: own };
  if (status === 401) return { status, type: request, code: own ?? 'invalid_api_key' };
  if (status === 402) return { status: 429, type: 'insufficient_quota', code: 'insufficient_quota' };
  if (status === 429) return { status, type: 'requests', code: own ?? 'rate_limit_exceeded' };
  return { status, type: status >= 500 ? 'server_error' : request, code: own };
}
