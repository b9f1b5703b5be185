import { isObject, parseJson } from '../json.ts';
import { type Fault, rewriteChoices } from './fault.ts';

/** The engine ignores the schema: still JSON, so only a look at the schema finds it. */
export const badJson: Fault = {
  id: 'bad-json',
  summary: 'answers with JSON of the wrong types where a schema was demanded',
  apply: ({ body }, answer) => {
    const format = body['response_format'];
    if (!isObject(format) || format['type'] === 'text') return answer;
    return rewriteChoices(answer, (choice) =>
      choice.text === '' ? choice : { ...choice, text: breakJson(choice.text) },
    );
  },
};

function breakJson(text: string): string {
  const value = parseJson(text);
  const [first, ...rest] = isObject(value) ? Object.entries(value) : [];
  // Nothing to spoil in it: cut it, as an engine does that runs out of tokens.
  if (first === undefined) return text.slice(0, Math.floor(text.length / 2));
  const spoiled = typeof first[1] === 'number' ? 'seven' : 7;
  return JSON.stringify(Object.fromEntries([[first[0], spoiled], ...rest]));
}
