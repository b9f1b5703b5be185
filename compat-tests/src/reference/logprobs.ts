const encoder = new TextEncoder();
const others = [
  'the',
  ' a',
  '.',
  ',',
  ' and',
  ' of',
  ' to',
  ' in',
  ' is',
  '\n',
  ' it',
  ' on',
  ' that',
  ' for',
  ' as',
  ' was',
  ' with',
  ' be',
  ' by',
  ' at',
  ' not',
];

/** Log probabilities of tokens: made up, yet in order, below zero, and the same for the same token. */
export function writeLogprobs(tokens: readonly string[], top: number) {
  return tokens.map((token) => ({ ...writeToken(token, 0), top_logprobs: rank(token, top) }));
}

function rank(token: string, top: number) {
  return [token, ...others.filter((one) => one !== token)].slice(0, top).map((one, at) => writeToken(one, at));
}

function writeToken(token: string, place: number) {
  return { token, logprob: -0.0125 - 2.5 * place, bytes: [...encoder.encode(token)] };
}
