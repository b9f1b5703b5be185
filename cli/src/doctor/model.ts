import { findOpenAIModel, findOpenModel, findRetiredModel, licences } from '@migrate-llm/shim/manifest';
import { note, ok, problem, type Check } from './check.ts';

/** Looks at one mapped name: whether the endpoint has it, whether a host retired it, what its licence asks for, and whether an old index can live with it. */
export function checkModel(from: string, model: string, known: readonly string[], rebuilt: readonly string[]): Check[] {
  return [checkPresence(from, model, known), ...checkLicence(model), ...checkIndex(from, model, rebuilt)];
}

/** Vectors of another model do not fit an index built with the first, and nothing fails. */
function checkIndex(from: string, model: string, rebuilt: readonly string[]): Check[] {
  const openAI = findOpenAIModel(from)?.model;
  if (openAI?.role !== 'embedding' || rebuilt.includes(from) || findOpenAIModel(model)?.model === openAI) return [];
  return [
    note(
      `vectors of ${model} do not fit an index built with ${from}`,
      `Build the index anew, then add "${from}" to embeddings.rebuilt in migrate-llm.config.json.`,
    ),
  ];
}

function checkPresence(from: string, model: string, known: readonly string[]): Check {
  if (known.includes(model)) return ok(`${from} is answered by ${model}`);
  const retired = describeRetirement(model);
  // Some engines serve any name with the one model they have.
  if (known.length === 1)
    return note(
      `${from} goes to "${model}", which the endpoint does not list; it lists ${known[0]}${retired}`,
      'An engine with one model may answer to any name; try it, or use the listed name.',
    );
  return problem(
    `${from} goes to "${model}", which the endpoint does not have${retired}`,
    `Choose one of its models in "models": ${known.slice(0, 8).join(', ') || 'it lists none'}.`,
  );
}

function describeRetirement(model: string): string {
  const retired = findRetiredModel(model);
  if (retired === undefined) return '';
  const instead = retired.replacements.length === 0 ? '' : `, recommending ${retired.replacements.join(' or ')}`;
  return `; ${retired.host} retired it on ${retired.retired}${instead}`;
}

/** A licence with conditions is worth a line; what it means for an app, only its owner can say. */
function checkLicence(model: string): Check[] {
  const found = findOpenModel(model);
  if (found === undefined) return [];
  const { id, name, commercial, conditions, territory, attribution, source } = licences[found.licence];
  if (id === 'unknown')
    return [
      note(`the licence of ${found.id} is not in the catalogue`, `Read it at https://huggingface.co/${found.id}.`),
    ];
  if (commercial === 'yes') return [];
  const limits = [
    ...conditions,
    ...(territory === null ? [] : [territory]),
    ...(attribution === null ? [] : [attribution]),
  ];
  return [note(`${found.id} is under the ${name}: ${limits.join('; ')}`, `Read it at ${source}.`)];
}
