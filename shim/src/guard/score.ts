import { isObject } from '../wire.ts';

/**
 * Gives the probability of the bad one of two answers from the log-probabilities of the first token that says something; `undefined` where there are none.
 * Source: https://github.com/meta-llama/PurpleLlama/blob/main/Llama-Guard3/8B/MODEL_CARD.md (scores are the first token's probability), checked 2026-08-17.
 */
export function scoreFirstToken(logprobs: unknown, bad: string, good: string): number | undefined {
  const content = isObject(logprobs) ? logprobs['content'] : undefined;
  if (!Array.isArray(content)) return undefined;
  const first: unknown = content.find((entry) => readToken(entry) !== '');
  if (!isObject(first)) return undefined;
  const top: readonly unknown[] = Array.isArray(first['top_logprobs']) ? first['top_logprobs'] : [];
  const entries = top.length > 0 ? top : [first];
  const sum = (word: string): number | undefined => {
    const found = entries.filter((entry) => beginsWith(word, readToken(entry))).map(readProbability);
    return found.length === 0
      ? undefined
      : Math.min(
          1,
          found.reduce((total, value) => total + value, 0),
        );
  };
  const isBad = sum(bad);
  if (isBad !== undefined) return isBad;
  const isGood = sum(good);
  return isGood === undefined ? undefined : 1 - isGood;
}

function readToken(entry: unknown): string {
  return isObject(entry) && typeof entry['token'] === 'string' ? entry['token'].trim().toLowerCase() : '';
}

function readProbability(entry: unknown): number {
  return isObject(entry) && typeof entry['logprob'] === 'number' ? Math.exp(entry['logprob']) : 0;
}

/** A token may be only the beginning of the word. */
function beginsWith(word: string, token: string): boolean {
  return token !== '' && (word.startsWith(token) || token === word);
}
