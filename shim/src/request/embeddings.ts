import { citeFact, type Dialect, type ParamRule } from '../dialect.ts';
import type { EmbeddingSettings } from '../embedding-settings.ts';
import { allowsWidth, findOpenAIModel, findOpenModel } from '../manifest/index.ts';
import { refuseRequest } from '../refusal.ts';
import type { Report } from '../report.ts';
import { isAbsent, omitKeys, type WireObject } from '../wire.ts';
import type { BatchLimit } from './batch-limit.ts';
import { applyParams } from './params.ts';

/** What the answer's passes need to know of an embeddings request. */
export interface EmbeddingPlan {
  readonly wants: 'float' | 'base64';
  readonly requestedModel: string;
  readonly model: string;
  /** How many vectors must come back, in all. */
  readonly count: number;
  /** Width the caller asked for. */
  readonly width: number | undefined;
  /** Whether vectors may be cut to that width. */
  readonly mayCut: boolean | 'unknown';
  /** Characters of all texts, for an answer that does not count tokens. */
  readonly characters: number;
}

/** Settings and names of one call. */
export interface EmbeddingCall {
  readonly requestedModel: string;
  readonly model: string;
  readonly dialect: Dialect;
  readonly settings: EmbeddingSettings;
  readonly report: Report;
}

/** Source: the doc comment of `input` in openai@7.57.0 resources/embeddings.ts. */
const maxInputs = 2048;

/** An embeddings request in the endpoint's words: a body without its input, and the inputs. */
export interface EmbeddingTranslation {
  readonly body: WireObject;
  readonly inputs: Inputs;
  readonly plan: EmbeddingPlan;
}

/**
 * Translates an embeddings request. Floats are asked for always: older SDKs read a float answer to a base64 request as
 * garbage. Throws a `Refusal` for input that OpenAI refuses, for token ids, and for a width the model was not trained for.
 */
export function translateEmbeddings(input: WireObject, call: EmbeddingCall): EmbeddingTranslation {
  const { model, dialect, report, requestedModel } = call;
  const inputs = readInput(input['input'], dialect, report);
  const wants = readEncoding(input['encoding_format']);
  warnOfOtherModel(call);
  const { sends, width, mayCut } = planWidth(input['dimensions'], call);
  const body = applyParams(
    { ...omitKeys(input, ['input', 'encoding_format', ...(sends ? [] : ['dimensions'])]), model },
    dialect.embeddings.params,
    report,
  );
  const encoded = dialect.embeddings.params.encoding_format?.kind === 'drop' ? {} : { encoding_format: 'float' };
  return {
    body: { ...body, ...encoded },
    inputs,
    plan: {
      wants,
      requestedModel,
      model,
      count: inputs.items.length,
      width,
      mayCut,
      characters: inputs.items.reduce<number>((sum, item) => sum + (item as string | readonly number[]).length, 0),
    },
  };
}

/** The input as it was given, and one item per vector. */
export interface Inputs {
  readonly given: unknown;
  readonly items: readonly unknown[];
}

/** Takes what OpenAI takes: a text, a list of texts, and token ids where the dialect says the endpoint has them. */
function readInput(input: unknown, dialect: Dialect, report: Report): Inputs {
  const refuse = (what: string) => refuseRequest(`input ${what}`, 'input', 'invalid_value');
  if (isAbsent(input)) throw refuseRequest('input is missing', 'input', 'missing_required_parameter');
  const list: readonly unknown[] = Array.isArray(input) ? input : [input];
  if (list.length === 0) throw refuse('is an empty list');
  if (list.some((item) => item === '')) throw refuse('holds an empty text');
  const single = list.every((item) => typeof item === 'number');
  const tokens = single || list.every(Array.isArray);
  if (!tokens && !list.every((item) => typeof item === 'string')) throw refuse('must be a text or a list of texts');
  if (tokens) {
    const { tokenInput } = dialect.embeddings;
    if (tokenInput === undefined)
      throw refuseRequest(
        "input holds token ids, which belong to OpenAI's tokenizer and mean other words to this model: send the text. Clients that cut texts by tokens have a switch for it, e.g. `check_embedding_ctx_length=False` in LangChain for Python",
        'input',
      );
    report.add({
      code: 'token-input',
      severity: 'lossy',
      where: 'request.input',
      what: 'token ids sent as they are',
      why: `they must be of this model's own tokenizer: OpenAI's mean other words. ${citeFact(tokenInput)}`,
      fix: 'Send text',
    });
  }
  const items = single ? [list] : list;
  if (items.length > maxInputs)
    throw refuse(`has ${items.length} items; at most ${maxInputs} are allowed in one request`);
  return { given: input, items };
}

function readEncoding(value: unknown): 'float' | 'base64' {
  if (value === 'base64') return 'base64';
  if (isAbsent(value) || value === 'float') return 'float';
  throw refuseRequest(
    `encoding_format is ${JSON.stringify(value)}; it must be "float" or "base64"`,
    'encoding_format',
    'invalid_value',
  );
}

/** An index built with one model finds nothing by the vectors of another, and no error says so. */
function warnOfOtherModel({ requestedModel, model, settings, report }: EmbeddingCall): void {
  if (requestedModel === '' || requestedModel === model || settings.rebuilt?.includes(requestedModel) === true) return;
  const openAI = findOpenAIModel(requestedModel);
  const open = findOpenModel(requestedModel);
  if (openAI !== undefined && openAI.model === findOpenAIModel(model)?.model) return;
  if (open !== undefined && open === findOpenModel(model)) return;
  report.add({
    code: 'embedding-model-changed',
    severity: 'lossy',
    where: `request.model "${requestedModel}"`,
    what: `vectors of "${model}"`,
    why: 'vectors of another model do not fit an index that was built with the first: searches find the wrong things, and nothing says so',
    fix: `Build the index anew with "${model}", then add "${requestedModel}" to embeddings.rebuilt in migrate-llm.config.json`,
  });
}

/** Tells what becomes of `dimensions`: sent where the endpoint may have it, else left for the shim to cut, where the model was trained for it. */
function planWidth(
  given: unknown,
  { model, dialect, settings, report }: EmbeddingCall,
): { readonly sends: boolean; readonly width: number | undefined; readonly mayCut: boolean | 'unknown' } {
  if (isAbsent(given)) return { sends: false, width: undefined, mayCut: 'unknown' };
  if (typeof given !== 'number' || !Number.isInteger(given) || given < 1)
    throw refuseRequest(
      `dimensions is ${JSON.stringify(given)}; it must be a whole number above 0`,
      'dimensions',
      'invalid_value',
    );
  const shape = findOpenModel(model)?.embedding;
  const mayCut = settings.widths?.[model]?.includes(given) === true ? true : allowsWidth(shape, given);
  const rule: ParamRule | undefined = dialect.embeddings.params.dimensions;
  if (rule?.kind !== 'refuse' && rule?.kind !== 'drop') return { sends: true, width: given, mayCut };
  if (mayCut !== true) throw refuseWidth(given, model, mayCut, citeFact(rule));
  report.add({
    code: 'dimensions-emulated',
    severity: 'info',
    where: 'request.dimensions',
    what: `vectors cut to ${given} numbers and brought to length 1`,
    why: `the model was trained for it (Matryoshka), and the endpoint does not do it: ${citeFact(rule)}`,
    fix: '',
  });
  return { sends: false, width: given, mayCut };
}

/** The error for a width that vectors of a model must not be cut to, or that nobody has checked. */
export function refuseWidth(width: number, model: string, mayCut: false | 'unknown', why: string) {
  const reason =
    mayCut === false
      ? `"${model}" was not trained for vectors of ${width} numbers, and cutting them would spoil them`
      : `whether vectors of "${model}" may be cut to ${width} numbers is not known`;
  const fix =
    mayCut === false
      ? 'Leave dimensions out, or use a model trained for it (Matryoshka)'
      : `Leave dimensions out, or add the width to embeddings.widths["${model}"] in migrate-llm.config.json if its model card says so (Matryoshka)`;
  return refuseRequest(`dimensions: ${why}; ${reason}. ${fix}.`, 'dimensions');
}

/** Cuts inputs into the requests an endpoint takes; all in one where no limit is known. */
export function splitInputs(
  { given, items }: Inputs,
  limit: BatchLimit | undefined,
  report: Report,
): ReadonlyArray<{ readonly input: unknown; readonly count: number }> {
  if (limit === undefined || items.length <= limit.count) return [{ input: given, count: items.length }];
  const parts: Array<{ readonly input: unknown; readonly count: number }> = [];
  for (let at = 0; at < items.length; at += limit.count) {
    const input = items.slice(at, at + limit.count);
    parts.push({ input, count: input.length });
  }
  report.add({
    code: 'embeddings-split',
    severity: 'info',
    where: 'request.input',
    what: `${items.length} inputs sent as ${parts.length} requests`,
    why: limit.why,
    fix: '',
  });
  return parts;
}
