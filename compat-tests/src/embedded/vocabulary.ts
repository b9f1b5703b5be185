/**
 * The tiny model's vocabulary: one token for each byte, so that every text can be written; a few whole words, so that its
 * sentences and JSON are short; and Llama 3's control tokens. The order is part of the model's bytes: append, never reorder.
 */

/** What the model says to a plain message, piece by piece. */
export const GREETING = [
  'Hello',
  '!',
  ' I',
  ' am',
  ' a',
  ' tiny',
  ' test',
  ' model',
  '.',
  ' How',
  ' can',
  ' we',
  ' help',
  ' you',
  ' today',
  '?',
];

/** What it says once a tool has answered; the rest of the sentence is the greeting's, from its full stop on. */
export const AFTER_TOOL = ['The', ' tool', ' has', ' answered', '.'];

/** What it says for ever when nothing else applies, so that length limits can be tested. */
export const DRONE = [' and', ' so', ' on'];

/** Pieces of JSON that hold two characters or more; they let a bigram tell an opening quote from a closing one. */
const JSON_PIECES = ['{"', '["', '"demo', 'demo', '"x', '":', 'name', 'true', 'false', 'null'];

/** The word that tells the model that tools are in the prompt, and the header that tells it that one has answered. */
export const TOOLS_CUE = 'Environment';
export const RESULT_CUE = 'ipython';

/** Words people search and ask for; they make a text's embedding a bag of words instead of a bag of letters. */
const TOPICS =
  'system user assistant tool city location weather time order refund return shipping delivery password account invoice payment ' +
  'card price email customer support product warranty cancel change reset track status Paris London';
const CONNECTIVES = 'the of to is in with my your for it what how do does where when and on so';

export const CONTROL_TOKENS = {
  begin: '<|begin_of_text|>',
  end: '<|end_of_text|>',
  pad: '<|finetune_right_pad_id|>',
  headerStart: '<|start_header_id|>',
  headerEnd: '<|end_header_id|>',
  endOfMessage: '<|eom_id|>',
  endOfTurn: '<|eot_id|>',
  toolCall: '<|python_tag|>',
} as const;

/** Characters by which byte-level BPE writes the 256 bytes: printable ones stand for themselves, the others follow from U+0100. */
const BYTE_CHARACTERS: readonly string[] = (() => {
  const printable = (byte: number) => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++));
})();

const writeBytes = (text: string) => [...Buffer.from(text, 'utf8')].map((byte) => BYTE_CHARACTERS[byte]).join('');

/** A vocabulary as the model file stores it, with look-up by the text a token stands for. */
export interface Vocabulary {
  readonly tokens: readonly string[];
  /** Per token: 1 for text, 3 for control. Source: llama.cpp's llama_token_type. */
  readonly types: readonly number[];
  readonly merges: readonly string[];
  /** Number of the token; throws on a text that is none, which is a mistake in the script. */
  id(text: string): number;
}

/** Builds the vocabulary; its size is a multiple of 32, as matrix rows like it. */
export function createVocabulary(): Vocabulary {
  const spaced = (words: string) => words.split(' ').flatMap((word) => [word, ` ${word}`]);
  const words = new Set([
    '\n\n',
    ...GREETING,
    ...AFTER_TOOL,
    ...DRONE,
    ...JSON_PIECES,
    TOOLS_CUE,
    RESULT_CUE,
    ...spaced(TOPICS),
    ...spaced(CONNECTIVES),
  ]);
  const longWords = [...words].filter((word) => Buffer.byteLength(word) > 1);
  const control = Object.values(CONTROL_TOKENS) as string[];
  const tokens = [...BYTE_CHARACTERS, ...longWords.map(writeBytes), ...control];
  const textTokens = tokens.length - control.length;
  while (tokens.length % 32 !== 0) tokens.push(`<|reserved_special_token_${tokens.length}|>`);
  const ids = new Map(tokens.map((token, index) => [token, index]));
  return {
    tokens,
    types: tokens.map((_, index) => (index < textTokens ? 1 : 3)),
    // Whole words are found without merges; a blank line also comes glued to punctuation, and is then only found by one.
    merges: [`${writeBytes('\n')} ${writeBytes('\n')}`],
    id: (text) => {
      const found = control.includes(text) ? ids.get(text) : ids.get(writeBytes(text));
      if (found === undefined) throw new Error(`The tiny model has no token ${JSON.stringify(text)}`);
      return found;
    },
  };
}
