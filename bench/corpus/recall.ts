import type { Finding } from '@migrate-llm/codemods';
import type { Count, Seen } from './counter/count.ts';

/** Two counts of the same thing, held side by side. */
export interface Comparison {
  readonly counted: number;
  /** Counted, and a finding stands at the same place. */
  readonly found: number;
  /** Counted, and no finding stands there. */
  readonly missed: readonly Seen[];
  /** Found by the engine with a traced binding, and not counted. */
  readonly extra: readonly Seen[];
}

/** Recall of the engine against the counter, by kind of touchpoint. */
export interface Recall {
  readonly imports: Comparison;
  readonly clients: Comparison;
  readonly calls: Comparison;
  /** Calls that look like OpenAI's by shape only, and how many of them the engine lists. */
  readonly shapes: { readonly counted: number; readonly found: number };
}

const placeOf = ({ file, line, column }: { file: string; line: number; column: number }): string =>
  `${file}:${line}:${column}`;

/** Rules whose findings are about texts, not about clients. */
const textRules: ReadonlySet<string> = new Set(['model-name', 'raw-url', 'setting', 'other-language']);

/** Holds the findings of a plan against what the counter saw. */
export function compareRecall(count: Count, findings: readonly Finding[]): Recall {
  const about = findings.filter(({ rule }) => !textRules.has(rule));
  const places = new Set(about.map(placeOf));
  const of = (rule: string): Finding[] => about.filter((finding) => finding.rule === rule);
  const compare = (seen: readonly Seen[], engine: readonly Finding[]): Comparison => {
    const counted = new Set(seen.map(placeOf));
    const missed = seen.filter((one) => !places.has(placeOf(one)));
    return {
      counted: seen.length,
      found: seen.length - missed.length,
      missed,
      extra: engine.filter((finding) => !counted.has(placeOf(finding))),
    };
  };
  const traced = of('call-site').filter(
    ({ what, confidence }) => confidence !== 'unsure' && !what.includes(' passed on as a function'),
  );
  const swaps = of('import-swap').filter(({ what }) =>
    /^(?:import|re-export|require|dynamic import) .*'openai'$/.test(what),
  );
  return {
    imports: compare(count.imports, swaps),
    clients: compare(count.clients, of('client')),
    calls: compare(count.calls, traced),
    shapes: {
      counted: count.shapes.length,
      found: count.shapes.filter((one) => places.has(placeOf(one))).length,
    },
  };
}
