/** Price of a model at one host, in US dollars per million tokens. */
export interface Price {
  readonly input: number;
  readonly output: number;
  /** Where it stands, and the date of that source. */
  readonly source: string;
  readonly checked: string;
}

/** Prices by `<host>/<model>`; names without their date suffix. */
export type PriceTable = Readonly<Record<string, Price>>;

const listed = (input: number, output: number): Price => ({
  input,
  output,
  source: 'https://www.npmjs.com/package/@pydantic/genai-prices/v/0.1.8',
  checked: '2026-09-23',
});

/** What is known; anything else is said to be unknown, never taken for free. Cached input and tools are not in it. */
const prices: PriceTable = {
  'openai/gpt-3.5-turbo': listed(0.5, 1.5),
  'openai/gpt-4-turbo': listed(10, 30),
  'openai/gpt-4o': listed(2.5, 10),
  'openai/gpt-4o-mini': listed(0.15, 0.6),
  'openai/gpt-4.1': listed(2, 8),
  'openai/gpt-4.1-mini': listed(0.4, 1.6),
  'openai/gpt-4.1-nano': listed(0.1, 0.4),
  'openai/gpt-5': listed(1.25, 10),
  'openai/gpt-5-mini': listed(0.25, 2),
  'openai/gpt-5-nano': listed(0.05, 0.4),
  'openai/gpt-5.1': listed(1.25, 10),
  'openai/o3-mini': listed(1.1, 4.4),
  'openai/o4-mini': listed(1.1, 4.4),
  'openai/text-embedding-3-small': listed(0.02, 0),
  'openai/text-embedding-3-large': listed(0.13, 0),
  'together/meta-llama/Llama-3.3-70B-Instruct-Turbo': listed(0.88, 0.88),
  'bedrock/meta.llama3-3-70b-instruct-v1:0': listed(0.72, 0.72),
  'groq/openai/gpt-oss-120b': listed(0.15, 0.6),
  'groq/openai/gpt-oss-20b': listed(0.075, 0.3),
  'fireworks/accounts/fireworks/models/gpt-oss-120b': listed(0.15, 0.6),
};

/** Finds the price of `<host>/<model>`; `undefined` when it is not known. Prices of the user's own come first. */
export function priceOf(model: string, own: PriceTable = {}): Price | undefined {
  const undated = model.replace(/-\d{4}-\d{2}-\d{2}$/, '');
  return own[model] ?? own[undated] ?? prices[model] ?? prices[undated];
}
