import type { Fact, Layer } from './dialect.ts';

/** What a family of models wants wherever it runs: its own prompt template speaks, not the server. */
export interface Family {
  readonly id: string;
  /** Of a model's name in lower case. */
  readonly match: RegExp;
  readonly layer: Layer;
}

const fact = (because: string, source: string, checked: string): Fact => ({ because, source, checked });

const efforts = ['low', 'medium', 'high'];

/** Every family there are facts about. */
export const families: readonly Family[] = [
  {
    id: 'llama-3',
    match: /llama-?3/,
    layer: {
      chat: {
        // Measured on llama-server b1-de3ff81 with Meta's 3.1 template.
        singleCalls: fact(
          'Meta’s Llama 3 template takes one tool call in a message and fails on more',
          'https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md',
          '2026-11-23',
        ),
      },
    },
  },
  {
    id: 'gpt-oss',
    match: /gpt-oss/,
    layer: {
      chat: {
        params: {
          reasoning_effort: {
            kind: 'map',
            severity: 'lossy',
            unless: (value) => efforts.some((effort) => effort === value),
            with: (value) => (value === 'xhigh' || value === 'max' ? 'high' : 'low'),
            ...fact('gpt-oss knows low, medium and high', 'https://console.groq.com/docs/reasoning', '2026-11-23'),
          },
        },
      },
    },
  },
  {
    id: 'qwen-3.5',
    match: /qwen-?3\.[5-9]/,
    layer: {
      chat: {
        singleSystem: fact(
          'the template takes one system message, the first',
          'https://github.com/vllm-project/vllm/issues/41114',
          '2026-04-28',
        ),
        lateSystem: fact(
          'the template answers "System message must be at the beginning"',
          'https://github.com/vllm-project/vllm/issues/41114',
          '2026-04-28',
        ),
      },
    },
  },
  {
    id: 'gemma-2',
    match: /gemma-?2/,
    layer: {
      chat: {
        noSystem: fact(
          'the template refuses the role system',
          'https://github.com/EricLBuehler/mistral.rs/issues/506',
          '2024-07-01',
        ),
        ...alternating('https://github.com/EricLBuehler/mistral.rs/issues/506', '2024-07-01'),
      },
    },
  },
  {
    id: 'gemma-3',
    match: /gemma-?3/,
    layer: { chat: alternating('https://github.com/suitenumerique/conversations/issues/197', '2025-12-05') },
  },
  {
    id: 'mistral',
    match: /(mistral|mixtral|devstral)-(7b|8x7b|8x22b|small|medium|large|nemo)/,
    layer: { chat: alternating('https://github.com/vllm-project/vllm/issues/6862', '2024-07-27') },
  },
];

/** A template that takes one system message and then user and assistant in turn. */
function alternating(source: string, checked: string): NonNullable<Layer['chat']> {
  const because = 'the template wants one system message, then user and assistant in turn';
  const said = fact(because, source, checked);
  return { singleSystem: said, lateSystem: said, alternateTurns: said, userFirst: said };
}

/** Lists the families a model's name belongs to, e.g. `llama-3` for `meta-llama/Llama-3.3-70B-Instruct`. */
export function findFamilies(model: string): readonly Family[] {
  const name = model.toLowerCase();
  return families.filter(({ match }) => match.test(name));
}
