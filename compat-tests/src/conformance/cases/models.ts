import { isObject, readObjects } from '../../json.ts';
import type { Capability } from '../case.ts';
import { bodyOf, everyAt, show } from '../expectations/body.ts';
import { expecting, strictly } from '../expectations/expectation.ts';
import { hasErrorEnvelope, hasErrorMessage, hasStatus, isServed } from '../expectations/http.ts';
import { equals, isFilled, isList, isText, isWhole } from '../expectations/predicate.ts';
import { isAsked } from '../recorded.ts';

const reference = 'https://platform.openai.com/docs/api-reference/models';
const listing = { method: 'GET', path: '/models' } as const;

/** Models. */
export const models: Capability = {
  name: 'Models',
  cases: [
    {
      id: 'MOD-01',
      level: 'must',
      kind: 'wire',
      title: 'the list of models is a list of model objects',
      source: `${reference}/list`,
      steps: [listing],
      expect: [
        hasStatus(200),
        everyAt('object', equals('list')),
        everyAt('data', isList),
        everyAt('data[].id', isFilled),
        everyAt('data[].object', equals('model')),
        everyAt('data[].created', isWhole),
        everyAt('data[].owned_by', isText),
      ],
      applies: isAsked({ path: '/models', status: 200 }),
    },
    {
      id: 'MOD-02',
      level: 'must',
      kind: 'wire',
      title: 'the model that is asked is in the list',
      source: 'webai-at-home models.list',
      steps: [
        {
          path: '/chat/completions',
          body: { model: '$model', messages: [{ role: 'user', content: 'Reply with exactly: OK' }], max_tokens: 16 },
        },
        listing,
      ],
      expect: [
        {
          says: 'the list has the id',
          judge: (seen, [first]) => {
            const asked = first?.body['model'];
            const ids = readObjects(bodyOf(seen)['data']).map(({ id }) => id);
            return ids.includes(asked) ? 'held' : { broken: `${String(asked)} is not among ${show(ids)}` };
          },
        },
      ],
    },
    {
      id: 'MOD-03',
      level: 'should',
      kind: 'wire',
      title: 'one model can be asked for by its id',
      source: `${reference}/retrieve`,
      steps: [{ method: 'GET', path: '/models/$model' }],
      expect: [isServed, everyAt('id', isFilled), everyAt('object', equals('model'))],
      applies: ({ method, path, status }) => method === 'GET' && /^\/models\/[^/]+$/.test(path) && status === 200,
    },
    {
      id: 'MOD-04',
      level: 'must',
      kind: 'wire',
      title: 'a model that is not there is answered 404 with an error',
      source: `${reference}/retrieve; ollama RetrieveMiddleware tests`,
      steps: [{ method: 'GET', path: '/models/no-such-model' }],
      expect: [hasStatus(404), hasErrorMessage, strictly(hasErrorEnvelope)],
      applies: ({ method, path, status }) => method === 'GET' && path.startsWith('/models/') && status === 404,
    },
    {
      id: 'MOD-05',
      level: 'should',
      kind: 'wire',
      title: 'the list with a wrong key is answered 401',
      source: 'recorded traffic (Cloudflare answers 400)',
      needs: 'api key',
      steps: [{ ...listing, headers: { authorization: 'Bearer wrong-key-sent-on-purpose' } }],
      expect: [hasStatus(401), hasErrorMessage],
    },
    {
      id: 'MOD-06',
      level: 'info',
      kind: 'wire',
      title: 'more fields of a model (context length, price) do no harm',
      source: 'recorded traffic (OpenRouter, Together)',
      steps: [listing],
      expect: [
        expecting('no model has a field in the place of another type', ({ answer }) => {
          const list = isObject(answer.json) ? readObjects(answer.json['data']) : [];
          const wrong = list.find(({ id }) => typeof id !== 'string');
          return wrong === undefined ? undefined : show(wrong);
        }),
      ],
      applies: isAsked({ path: '/models', status: 200 }),
    },
  ],
};
