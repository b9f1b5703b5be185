import type { Capability, CaseRequest, Expectation, FollowUp, JsonValue } from '../case.ts';
import { quoteText, readObjects } from '../../json.ts';
import type { Observation } from '../observation.ts';
import { bodyOf, show } from '../expectations/body.ts';
import { atStep, expecting } from '../expectations/expectation.ts';
import { hasStatus, isServed, isServedOrRefused } from '../expectations/http.ts';
import { hasOutput, hasResponseStatus, itemsOf, outputTextOf, replies, responseOf } from '../expectations/responses.ts';
import { askResponse, item, responsesCase } from '../responses-request.ts';

const reference = 'https://platform.openai.com/docs/api-reference/responses';
const kept = askResponse('My code word is ORCHID. Say hello.', { store: true });

/** The id that an answer gave, for the path of the next request; undefined ends the case. */
const idOf = (seen: Observation | undefined): string | undefined => {
  const id = seen?.status === 200 || seen?.status === 201 ? bodyOf(seen)['id'] : undefined;
  return typeof id === 'string' && id !== '' ? id : undefined;
};
/** A request about what the answer number `from` made. */
const about =
  (from: number, make: (id: string) => CaseRequest): FollowUp =>
  (seen) => {
    const id = idOf(seen[from]);
    return id === undefined ? undefined : make(id);
  };
const get = (path = '') => about(0, (id) => ({ path: `/responses/${id}${path}` }));
const remove = about(0, (id) => ({ method: 'DELETE', path: `/responses/${id}` }));
const conversation = (method: 'GET' | 'DELETE', path = '') =>
  about(0, (id) => ({ method, path: `/conversations/${id}${path}` }));

const sameOutput: Expectation = {
  says: 'the response that is fetched is the one that was made',
  judge: (seen, all) => {
    const [first] = all;
    if (first === undefined || responseOf(seen)['id'] !== responseOf(first)['id'])
      return { broken: `id ${show(responseOf(seen)['id'])}` };
    const [now, then] = [seen, first].map(outputTextOf);
    return now === then ? 'held' : { broken: `${quoteText(now ?? '', 60)}, not ${quoteText(then ?? '', 60)}` };
  },
};

/** State of the Responses API. */
export const responsesState: Capability = {
  name: 'Responses API, state',
  cases: [
    responsesCase({
      id: 'RSS-01',
      level: 'should',
      title: 'a response that was stored is fetched as it was',
      source: `${reference}/get; vLLM test_store`,
      steps: [kept, get()],
      expect: [isServed, hasOutput, sameOutput],
    }),
    responsesCase({
      id: 'RSS-02',
      level: 'should',
      kind: 'model',
      title: 'previous_response_id remembers what was said',
      source: `${reference}/create; openresponses previous-response-id (which does not look for the word)`,
      steps: [kept, about(0, (id) => askResponse('What is my code word?', { previous_response_id: id, store: true }))],
      expect: [
        isServed,
        hasOutput,
        expecting('previous_response_id is said back', (seen) =>
          responseOf(seen)['previous_response_id'] === seen.body['previous_response_id']
            ? undefined
            : show(responseOf(seen)['previous_response_id']),
        ),
        replies(/orchid/i),
      ],
    }),
    responsesCase({
      id: 'RSS-03',
      level: 'should',
      title: 'with store false nothing is kept',
      source: `${reference}/create; vLLM test_store_field`,
      steps: [askResponse('Reply with exactly: OK', { store: false }), get()],
      expect: [atStep(0, isServed), atStep(1, hasStatus(404))],
    }),
    responsesCase({
      id: 'RSS-04',
      level: 'should',
      title: 'a response that was deleted is gone',
      source: `${reference}/delete`,
      steps: [kept, remove, get()],
      expect: [atStep(0, isServed), atStep(1, isServed), atStep(2, hasStatus(404))],
    }),
    responsesCase({
      id: 'RSS-05',
      level: 'should',
      title: 'input_items lists the input in order, page by page',
      source: `${reference}/input-items`,
      steps: [
        askResponse([item('user', 'one'), item('assistant', 'two'), item('user', 'Reply with exactly: OK')], {
          store: true,
        }),
        get('/input_items?order=asc&limit=2'),
      ],
      expect: [
        isServed,
        expecting('it is a list of two, with has_more', (seen) => {
          const { object, data, has_more: more } = bodyOf(seen);
          return object === 'list' && readObjects(data).length === 2 && more === true
            ? undefined
            : quoteText(seen.text);
        }),
        expecting('the first is the first of the input', (seen) => {
          const [first] = readObjects(bodyOf(seen)['data']);
          return JSON.stringify(first?.['content'] ?? '').includes('one') ? undefined : show(first);
        }),
      ],
    }),
    responsesCase({
      id: 'RSS-06',
      level: 'should',
      title: 'a conversation is made, filled, fetched and deleted',
      source: 'https://platform.openai.com/docs/api-reference/conversations',
      steps: [
        {
          path: '/conversations',
          body: {
            metadata: { kind: 'case' },
            items: [{ type: 'message', role: 'user', content: 'My code word is ORCHID.' }] as JsonValue,
          },
        },
        conversation('GET'),
        conversation('GET', '/items'),
        about(0, (id) => askResponse('What is my code word?', { conversation: id, store: true })),
        conversation('DELETE'),
        conversation('GET'),
      ],
      expect: [
        atStep(0, isServed),
        atStep(1, isServed),
        atStep(
          2,
          expecting('its item is listed', (seen) =>
            readObjects(bodyOf(seen)['data']).length === 1 ? undefined : quoteText(seen.text),
          ),
        ),
        atStep(3, hasOutput),
        atStep(3, replies(/orchid/i)),
        atStep(4, isServed),
        atStep(5, hasStatus(404)),
      ],
    }),
    responsesCase({
      id: 'RSS-07',
      level: 'should',
      title: 'a response in the background is queued, and cancelled when asked',
      source: `${reference}/cancel; llama-stack background tests`,
      steps: [
        askResponse('Count from 1 to 300, with commas.', { background: true, store: true, max_output_tokens: 1_000 }),
        about(0, (id) => ({ method: 'POST', path: `/responses/${id}/cancel` })),
        get(),
      ],
      expect: [
        atStep(0, isServed),
        atStep(0, hasResponseStatus('queued', 'in_progress', 'completed')),
        // It may end before it can be cancelled.
        atStep(1, isServedOrRefused),
        atStep(2, isServed),
        atStep(2, hasResponseStatus('cancelled', 'completed', 'in_progress', 'incomplete')),
      ],
    }),
    responsesCase({
      id: 'RSS-08',
      level: 'should',
      title: 'an endpoint that keeps nothing refuses previous_response_id with 4xx, and does not answer without it',
      source: "Ollama's documentation",
      steps: [
        askResponse('What is my code word?', {
          previous_response_id: 'resp_0000000000000000000000000000000000000000000000000',
        }),
      ],
      expect: [hasStatus(400, 404, 422)],
    }),
    responsesCase({
      id: 'RSS-09',
      level: 'info',
      title: 'POST /responses/compact shortens a history',
      source: 'https://platform.openai.com/docs/api-reference/responses/compact',
      steps: [
        {
          path: '/responses/compact',
          body: { model: '$model', input: [item('user', 'My code word is ORCHID.'), item('assistant', 'Noted.')] },
        },
      ],
      expect: [
        isServed,
        expecting('it has output', (seen) => (itemsOf(seen).length > 0 ? undefined : quoteText(seen.text))),
      ],
    }),
  ],
};
