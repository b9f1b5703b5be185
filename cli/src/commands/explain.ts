import { rules, type Example, type RuleForm } from '@migrate-llm/codemods';
import type { Args } from '../args.ts';
import { writeDiff } from '../diff.ts';
import { checkRule } from '../rule-names.ts';
import type { Terminal } from '../terminal.ts';

/** Lists the rules, or explains one with its examples. */
export async function run(args: Args, terminal: Terminal): Promise<number> {
  const id = args.words[0];
  const asJson = args.switches.has('json');
  if (id === undefined) {
    terminal.out(asJson ? `${JSON.stringify(rules.map(pickForm), null, 2)}\n` : writeList(terminal));
    return 0;
  }
  checkRule(id);
  for (const rule of rules.filter((one) => one.id === id))
    terminal.out(asJson ? `${JSON.stringify(pickForm(rule), null, 2)}\n` : writeRule(rule, terminal));
  return 0;
}

function writeList({ colors }: Terminal): string {
  const width = Math.max(...rules.map(({ id }) => id.length));
  const lines = rules.map(({ id, summary }) => `  ${colors.cyan(id.padEnd(width))}  ${summary}`);
  return [colors.bold(`Rules (${rules.length})`), ...lines, '', 'migrate-llm explain <rule> shows examples.', ''].join(
    '\n',
  );
}

function writeRule(rule: RuleForm, terminal: Terminal): string {
  const { colors } = terminal;
  const majors = rule.sdkMajors === undefined ? '' : ` ${colors.dim(`(openai ${rule.sdkMajors.join(', ')})`)}`;
  return [
    `${colors.bold(rule.id)}${majors}`,
    rule.summary,
    colors.dim(rule.why),
    '',
    ...rule.examples.flatMap((example) => [
      `${colors.bold(example.name)}${example.after === undefined ? ' (stays as it is)' : ''}`,
      writeExample(example, terminal),
    ]),
  ].join('\n');
}

function writeExample({ file = 'app.ts', before, after }: Example, { colors, screen }: Terminal): string {
  if (after !== undefined) return writeDiff({ file, before, after, edits: [] }, { colors, visible: screen });
  return (
    before
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => `  ${line}`)
      .join('\n') + '\n'
  );
}

function pickForm({ id, summary, why, examples, sdkMajors }: RuleForm): RuleForm {
  return { id, summary, why, examples, ...(sdkMajors === undefined ? {} : { sdkMajors }) };
}
