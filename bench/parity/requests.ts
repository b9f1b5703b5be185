const items = ['kettle', 'jacket', 'bicycle bell'] as const;
const problems = [
  ['has not arrived', 'I have been waiting for nine days.'],
  ['arrived broken', 'The box was open and a part is cracked.'],
  ['was charged twice', 'My card statement shows the sum two times.'],
  ['is the wrong colour', 'I asked for green and got white.'],
  ['stopped working', 'After two days it does not switch on.'],
] as const;
const tones = [
  'Please help.',
  'I need it by tomorrow!',
  'No hurry, but please tell me what to do.',
  'I want my money back at once.',
] as const;

const schema = {
  type: 'object',
  properties: {
    category: { type: 'string', enum: ['delivery', 'damage', 'payment', 'wrong item', 'other'] },
    urgent: { type: 'boolean' },
  },
  required: ['category', 'urgent'],
  additionalProperties: false,
};

/** One request of a support desk. */
export interface DeskRequest {
  readonly id: string;
  readonly callSite: string;
  readonly body: object;
}

/** 60 tickets to sort, each another prompt. */
export function listRequests(): DeskRequest[] {
  return items.flatMap((item, i) =>
    problems.flatMap(([problem, detail], p) =>
      tones.map((tone, t) => ({
        id: `ticket-${i}${p}${t}`,
        callSite: 'triage',
        body: {
          model: 'local',
          temperature: 0.1,
          max_tokens: 30,
          messages: [
            { role: 'system', content: 'You sort tickets of a shop. Answer in JSON.' },
            { role: 'user', content: `The ${item} I ordered ${problem}. ${detail} ${tone}` },
          ],
          response_format: { type: 'json_schema', json_schema: { name: 'ticket', strict: true, schema } },
        },
      })),
    ),
  );
}
