import { nameModel } from '../answer/envelope.ts';
import { askJson, type Call } from '../call.ts';
import { categories } from '../guard/categories.ts';
import { judge } from '../guard/guard.ts';
import type { Guard } from '../guard/place.ts';
import type { Turn } from '../guard/model.ts';
import { writeResult } from '../guard/result.ts';
import { refuseAnswer, refuseRequest } from '../refusal.ts';
import { makeObjectId } from '../responses/item.ts';
import { jsonResponse } from '../response.ts';
import { isAbsent, isObject, type WireObject } from '../wire.ts';

/** How many inputs of one call are judged at once. */
const atOnce = 4;

/** Serves `POST /moderations`: the settings' guard model answers; without one an endpoint of OpenAI's shape, where there is any. */
export async function answerModerations(call: Call): Promise<Response> {
  const { body, dialect, guard } = call;
  if (body === undefined) throw refuseRequest('the request body is not a JSON object', null, 'invalid_json');
  const inputs = readInputs(body['input']);
  if (guard !== undefined) return judgeInputs(call, guard, inputs);
  const rule = dialect.endpoints.moderations;
  if (typeof rule === 'object')
    throw refuseRequest(
      `/moderations is answered by a guard model, and the settings name none: ${rule.because} (${rule.source}, ${rule.checked}). Set "guard": {"model": …} in migrate-llm.config.json, e.g. Llama Guard, Granite Guardian or gpt-oss-safeguard.`,
      null,
      'unsupported_endpoint',
    );
  return askEndpoint(call, body, inputs.length);
}

async function judgeInputs(call: Call, guard: Guard, inputs: readonly Turn[]): Promise<Response> {
  const { report } = call;
  const { family, model } = guard.settings;
  const missing = categories.filter((category) => !family.tells.includes(category));
  if (missing.length > 0)
    report.add({
      code: 'moderation-categories-missing',
      severity: 'lossy',
      where: 'response.results[].categories',
      what: `never flagged: ${missing.join(', ')}`,
      why: `${family.id} has no category for them`,
      fix: 'gpt-oss-safeguard as guard.model judges by all of OpenAI’s categories',
    });
  const results: WireObject[] = [];
  for (let at = 0; at < inputs.length; at += atOnce)
    results.push(
      ...(await Promise.all(
        inputs.slice(at, at + atOnce).map(async (turn) => {
          const kinds = [
            ...(turn.text === '' ? [] : ['text' as const]),
            ...(turn.images.length > 0 ? ['image' as const] : []),
          ];
          return writeResult(await judge(call, guard, [turn], report), kinds);
        }),
      )),
    );
  return jsonResponse(
    { id: makeObjectId('modr'), model: nameModel(model, call.requestedModel, report), results },
    undefined,
    report,
  );
}

/** Reads what is to be judged: a text, a list of texts, or one input in parts. Throws a `Refusal`. */
function readInputs(input: unknown): readonly Turn[] {
  if (isAbsent(input))
    throw refuseRequest("Missing required parameter: 'input'", 'input', 'missing_required_parameter');
  const items: readonly unknown[] = Array.isArray(input) ? input : [input];
  if (items.length === 0) throw refuseRequest('input is an empty list', 'input', 'empty_array');
  if (items.every((item) => typeof item === 'string'))
    return items.map((text): Turn => ({ role: 'user', text, images: [] }));
  const texts: string[] = [];
  const images: WireObject[] = [];
  items.forEach((part, index) => {
    const image = isObject(part) ? part['image_url'] : undefined;
    if (isObject(part) && part['type'] === 'text' && typeof part['text'] === 'string') texts.push(part['text']);
    else if (isObject(part) && part['type'] === 'image_url' && isObject(image) && typeof image['url'] === 'string')
      images.push({ type: 'image_url', image_url: { url: image['url'] } });
    else
      throw refuseRequest(
        `input${Array.isArray(input) ? `[${index}]` : ''} must be a text, or a part of type text or image_url`,
        Array.isArray(input) ? `input[${index}]` : 'input',
        'invalid_type',
      );
  });
  return [{ role: 'user', text: texts.join('\n'), images }];
}

/** Hands the call to an endpoint whose dialect does not say that it has none. A category under another name would read as "not flagged": such an answer is an error. */
async function askEndpoint(call: Call, body: WireObject, count: number): Promise<Response> {
  const { value, headers } = await askJson(
    call.ask,
    call.path,
    JSON.stringify({ ...body, model: call.model || undefined }),
  );
  const results: readonly unknown[] = isObject(value) && Array.isArray(value['results']) ? value['results'] : [];
  const wrong = results.find(
    (result) =>
      !isObject(result) ||
      typeof result['flagged'] !== 'boolean' ||
      !isObject(result['categories']) ||
      !['hate', 'violence', 'sexual', 'self-harm'].every(
        (key) => typeof (result['categories'] as WireObject)[key] === 'boolean',
      ),
  );
  if (results.length !== count || wrong !== undefined)
    throw refuseAnswer(
      results.length === count
        ? 'the endpoint’s moderations have other categories than OpenAI’s, so that nothing would ever read as flagged: name a guard model in "guard" of the settings'
        : `the endpoint judged ${results.length} of ${count} inputs: name a guard model in "guard" of the settings`,
      'invalid_answer',
    );
  return jsonResponse(value, headers, call.report);
}
