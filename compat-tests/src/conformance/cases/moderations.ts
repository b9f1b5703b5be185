import type { Capability, CaseRequest, JsonValue } from '../case.ts';
import { isObject, readObjects } from '../../json.ts';
import { whenServed } from '../expectations/answered.ts';
import { bodyOf, everyAt, fitsSchema, show } from '../expectations/body.ts';
import { atEveryStep, expecting, strictly } from '../expectations/expectation.ts';
import { hasStatus, isServed, isServedOrRefused } from '../expectations/http.ts';
import { isFilled } from '../expectations/predicate.ts';
import { redImage } from '../images.ts';
import { isAsked } from '../recorded.ts';

const reference = 'https://platform.openai.com/docs/api-reference/moderations';
const ask = (input: JsonValue): CaseRequest => ({
  path: '/moderations',
  body: { model: '$model:moderations', input },
});
const applies = isAsked({ path: '/moderations', status: 200 });

/** A list of texts has a result each; text and image parts are one input. */
const hasResults = expecting('there is one result an input', (seen) => {
  const { input } = seen.body;
  const results = readObjects(bodyOf(seen)['results']).length;
  const wanted = Array.isArray(input) && !input.some(isObject) ? input.length : 1;
  return results === wanted ? undefined : `${results} results for ${wanted} inputs`;
});

/** Flagged is what some category is. */
const isConsistent = expecting('each category is true or false and has a score from 0 to 1', (seen) => {
  for (const { categories, category_scores: scores } of readObjects(bodyOf(seen)['results'])) {
    if (!isObject(categories) || !isObject(scores)) return 'no categories or no category_scores';
    for (const [name, flagged] of Object.entries(categories)) {
      const score = scores[name];
      // OpenAI's newest categories have null where they do not apply.
      if (typeof flagged !== 'boolean' && flagged !== null) return `${name} is ${show(flagged)}`;
      if (typeof score !== 'number' ? score !== null || flagged !== null : score < 0 || score > 1)
        return `the score of ${name} is ${show(score)}`;
    }
  }
  return undefined;
});

/** Moderations. */
export const moderations: Capability = {
  name: 'Moderations',
  cases: [
    {
      id: 'MODR-01',
      level: 'should',
      kind: 'wire',
      title: 'an answer has id, model and results with flagged, categories and scores',
      source: `${reference}/object; schema CreateModerationResponse`,
      needs: 'moderations',
      steps: [ask('I bake bread.')],
      expect: [
        hasStatus(200),
        everyAt('id', isFilled),
        everyAt('model', isFilled),
        // Models before omni-moderation have no category_applied_input_types.
        strictly(fitsSchema('CreateModerationResponse')),
        hasResults,
        isConsistent,
      ],
      applies,
    },
    {
      id: 'MODR-02',
      level: 'should',
      kind: 'wire',
      title: 'the input may be a text, texts, or text and image parts',
      source: `${reference}/create; Prism moderation`,
      needs: 'moderations',
      steps: [
        [
          ask('I bake bread.'),
          ask(['I bake bread.', 'I sell bread.']),
          ask([
            { type: 'text', text: 'I bake bread.' },
            { type: 'image_url', image_url: { url: redImage } },
          ]),
        ],
      ],
      expect: [atEveryStep(isServed), atEveryStep(whenServed(hasResults))],
    },
    {
      id: 'MODR-03',
      level: 'should',
      kind: 'wire',
      title: 'an endpoint without moderations says so with 4xx',
      source: 'recorded traffic',
      steps: [ask('I bake bread.')],
      expect: [isServedOrRefused],
    },
    {
      id: 'MODR-04',
      level: 'info',
      kind: 'model',
      title: "a guard model's words become OpenAI's categories",
      source: 'llama-stack safety suites',
      steps: [],
      expect: [],
      untested: "the shim's doing, tested in its room; an endpoint itself has OpenAI's categories or none (MODR-01)",
    },
  ],
};
