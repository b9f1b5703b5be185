/** What a model's licence allows, in a line each; `unknown` where nobody has checked. */
export interface Licence {
  readonly id: string;
  readonly name: string;
  readonly commercial: 'yes' | 'no' | 'with conditions' | 'unknown';
  /** Conditions on commercial use, or on whom it is granted to; empty where there are none. */
  readonly conditions: readonly string[];
  /** Where or for whom it is not granted; `null` where the licence names nobody. */
  readonly territory: string | null;
  /** What must be shown to users; `null` where nothing must. */
  readonly attribution: string | null;
  readonly source: string;
  /** ISO date of the source. */
  readonly checked: string;
}

const open = (id: string, name: string, source: string, checked: string): Licence => ({
  id,
  name,
  commercial: 'yes',
  conditions: [],
  territory: null,
  attribution: null,
  source,
  checked,
});
const llama = (version: string, territory: string | null, source: string, checked: string): Licence => ({
  id: `llama-${version}`,
  name: `Llama ${version} Community License`,
  commercial: 'with conditions',
  conditions: [
    'who had more than 700 million monthly active users when it was released must ask Meta for a licence',
    'Meta’s acceptable use policy applies',
    'a model made or improved with it or with its output has a name that starts with "Llama"',
  ],
  territory,
  attribution: '"Built with Llama", shown prominently, where the model or a product that contains it is made available',
  source,
  checked,
});
const euMultimodal =
  'its multimodal models are not licensed to individuals domiciled in, or companies with their principal place of business in, the European Union; end users of a product are not affected';

/** Licences of the catalogue's models. */
export const licences = {
  'apache-2.0': open('apache-2.0', 'Apache License 2.0', 'https://www.apache.org/licenses/LICENSE-2.0', '2004-01-01'),
  mit: open('mit', 'MIT License', 'https://opensource.org/license/mit', '2026-11-25'),
  'llama-3.1': llama(
    '3.1',
    null,
    'https://github.com/meta-llama/llama-models/blob/main/models/llama3_1/LICENSE',
    '2024-07-23',
  ),
  'llama-3.2': llama(
    '3.2',
    euMultimodal,
    'https://github.com/meta-llama/llama-models/blob/main/models/llama3_2/LICENSE',
    '2024-09-25',
  ),
  'llama-3.3': llama(
    '3.3',
    euMultimodal,
    'https://github.com/meta-llama/llama-models/blob/main/models/llama3_3/LICENSE',
    '2024-12-06',
  ),
  'llama-4': llama('4', euMultimodal, 'https://www.llama.com/llama4/use-policy/', '2025-04-05'),
  gemma: {
    id: 'gemma',
    name: 'Gemma Terms of Use',
    commercial: 'with conditions',
    conditions: ['Google’s prohibited use policy applies'],
    territory: null,
    attribution: 'a notice file that names the Gemma Terms of Use goes with copies of the model',
    source: 'https://ai.google.dev/gemma/terms',
    checked: '2024-04-01',
  },
  unknown: {
    id: 'unknown',
    name: 'not checked',
    commercial: 'unknown',
    conditions: [],
    territory: null,
    attribution: null,
    source: 'https://huggingface.co/docs/hub/repositories-licenses',
    checked: '2026-11-25',
  },
} as const satisfies Readonly<Record<string, Licence>>;

/** Id of a licence in the table. */
export type LicenceId = keyof typeof licences;
