import type { GgufTensor } from './gguf.ts';
import { AFTER_TOOL, CONTROL_TOKENS, DRONE, GREETING, RESULT_CUE, TOOLS_CUE, type Vocabulary } from './vocabulary.ts';

/**
 * How a one-layer Llama with no training answers sensibly.
 *
 * Each token is a dimension of its own (its embedding is 1 there and 0 elsewhere), so the output matrix is a table: the score of
 * token B after token A. That is the script. Two more dimensions are flags, "tools are offered" and "a tool has answered".
 * The one attention head sets them, and only at the blank line before an answer: it looks back for the loudest of three cues
 * (start of text < `Environment` < `ipython`) and copies the flag that the cue stands for. The feed-forward part is zero.
 * Under a grammar the engine strikes out what is not allowed, and the best of the rest is taken; so a script of JSON habits
 * ("close what is open, else the shortest value") ends any schema soon.
 */
export const SHAPE = { layers: 1, heads: 1, headSize: 32, feedForward: 32 } as const;

/** Scores, in the script: one step is far enough that sampling at temperature 1 rarely takes the second choice. */
const SCORE = { certain: 46, first: 36, step: 5, quote: 3, drone: 8, control: -20, blank: -50, flag: 90 } as const;

interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
  set(row: number, column: number, value: number): void;
}

function createMatrix(rows: number, columns: number): Matrix {
  const values = new Float32Array(rows * columns);
  return { rows, columns, values, set: (row, column, value) => void (values[row * columns + column] = value) };
}

/** Width of the model: one dimension a token and the two flags, rounded up to a multiple of 32. */
export const embeddingSize = (vocabulary: Vocabulary): number => Math.ceil((vocabulary.tokens.length + 2) / 32) * 32;

/** Letters and digits in the order they are tried when a grammar asks for text that the script does not know. */
const SPELLING = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.:/@';
const DIGITS = '0123456789';
const CLOSERS = ['}', ']', ','];

/** What follows each piece of JSON, best first. */
const JSON_HABITS: ReadonlyArray<readonly [after: readonly string[], then: readonly string[]]> = [
  [['{'], ['}', '"']],
  [['{"'], ['name', 'demo', '"']],
  [['name'], ['":', '"']],
  [
    ['":', ':'],
    ['"demo', '"x', '1', 'true', 'null', '[', '{'],
  ],
  [
    ['"demo', 'demo'],
    ['"', 'demo'],
  ],
  [['"x'], ['"', 'x']],
  [['"'], ['}', ']', ',', ':', CONTROL_TOKENS.endOfTurn]],
  [['['], [']', '"demo', '"x', '1', 'true', 'null', '[', '{']],
  [['["'], ['demo', '"']],
  [[','], ['"demo', '"x', '1', 'true', 'null', '[', '{']],
  [[...DIGITS], [...CLOSERS, CONTROL_TOKENS.endOfTurn, ...DIGITS]],
  [
    ['true', 'false', 'null'],
    [...CLOSERS, CONTROL_TOKENS.endOfTurn],
  ],
  [
    ['}', ']'],
    [CONTROL_TOKENS.endOfTurn, ...CLOSERS],
  ],
];

/** The output matrix: rows are the next token, columns the last one. */
function writeScript(vocabulary: Vocabulary, size: number): Matrix {
  const { id, tokens, types } = vocabulary;
  const script = createMatrix(tokens.length, size);
  const after = (last: number, next: number, score: number) => script.set(next, last, score);
  const prefer = (last: string, list: readonly string[]) =>
    list.forEach((next, rank) => after(id(last), id(next), SCORE.first - rank * SCORE.step));
  const say = (first: string, pieces: readonly string[]) =>
    pieces.reduce((last, next) => (after(id(last), id(next), SCORE.certain), next), first);

  const drone = DRONE.map(id);
  for (let last = 0; last < tokens.length; last++) {
    for (let next = 0; next < tokens.length; next++) if (types[next] === 3) after(last, next, SCORE.control);
    [...SPELLING].forEach((letter, rank) => after(last, id(letter), -rank / 2));
    for (const blank of ['\n\n', '\n', '\r', '\t', ' ']) after(last, id(blank), SCORE.blank);
    if (!drone.includes(last)) after(last, id('"'), SCORE.quote);
    after(last, id(' and'), SCORE.drone);
  }
  for (const [lasts, nexts] of JSON_HABITS) for (const last of lasts) prefer(last, nexts);
  prefer('\n\n', ['{"', '{', '["', '[', '"demo', '1', 'true']);
  say('\n\n', [...GREETING, CONTROL_TOKENS.endOfTurn]);
  say('The', AFTER_TOOL.slice(1));
  // A grammar that requires a call lets text come before it, but not the end of the turn.
  after(id('?'), id(CONTROL_TOKENS.toolCall), SCORE.first);
  say(' and', [...DRONE.slice(1), ' and']);
  say(CONTROL_TOKENS.toolCall, ['{"', 'name']);
  return script;
}

/** All tensors of the model, in the order llama.cpp lists them. */
export function createWeights(vocabulary: Vocabulary): GgufTensor[] {
  const { id, tokens } = vocabulary;
  const size = embeddingSize(vocabulary);
  const flags = { tools: tokens.length, result: tokens.length + 1 };
  // The root-mean-square norm scales a one-hot vector to this length.
  const normalised = Math.sqrt(size);

  const embedding = createMatrix(tokens.length, size);
  for (let token = 0; token < tokens.length; token++) embedding.set(token, token, 1);

  const output = writeScript(vocabulary, size);
  output.set(id(CONTROL_TOKENS.toolCall), flags.tools, SCORE.flag);
  output.set(id('The'), flags.result, SCORE.flag);

  // The last pair of the rotary embedding turns so slowly that a cue is heard at any distance.
  const slowest = SHAPE.headSize - 2;
  const query = createMatrix(SHAPE.headSize, size);
  const key = createMatrix(SHAPE.headSize, size);
  const value = createMatrix(SHAPE.headSize, size);
  const attention = createMatrix(size, SHAPE.headSize);
  query.set(slowest, id('\n\n'), 8);
  [CONTROL_TOKENS.begin, TOOLS_CUE, RESULT_CUE].forEach((cue, loudness) =>
    key.set(slowest, id(cue), 2 ** (2 * loudness)),
  );
  value.set(0, id(TOOLS_CUE), 1 / normalised);
  value.set(1, id(RESULT_CUE), 1 / normalised);
  attention.set(flags.tools, 0, 1);
  attention.set(flags.result, 1, 1);

  const matrix = (name: string, { rows, columns, values }: Matrix): GgufTensor => ({
    name,
    type: 'f16',
    rows,
    columns,
    values,
  });
  const norm = (name: string, scale: number): GgufTensor => ({
    name,
    type: 'f32',
    columns: size,
    values: new Float32Array(size).fill(scale),
  });
  return [
    matrix('token_embd.weight', embedding),
    norm('output_norm.weight', 1 / normalised),
    matrix('output.weight', output),
    norm('blk.0.attn_norm.weight', 1),
    matrix('blk.0.attn_q.weight', query),
    matrix('blk.0.attn_k.weight', key),
    matrix('blk.0.attn_v.weight', value),
    matrix('blk.0.attn_output.weight', attention),
    norm('blk.0.ffn_norm.weight', 1),
    matrix('blk.0.ffn_gate.weight', createMatrix(SHAPE.feedForward, size)),
    matrix('blk.0.ffn_up.weight', createMatrix(SHAPE.feedForward, size)),
    matrix('blk.0.ffn_down.weight', createMatrix(size, SHAPE.feedForward)),
  ];
}
