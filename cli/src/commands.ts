import type { Args, Syntax } from './args.ts';
import { commandNames, type CommandName } from './command-names.ts';
import type { Terminal } from './terminal.ts';

/** What a command's module exports: runs it and gives the exit code. */
interface CommandModule {
  readonly run: (args: Args, terminal: Terminal) => Promise<number>;
}

/** A command: what it takes, and where its code is. Code is loaded when the command runs, so that start-up stays fast. */
export interface Command extends Syntax {
  readonly name: CommandName | '';
  readonly load: () => Promise<CommandModule>;
}

const recordings = { value: 'file.jsonl', help: 'recorded traffic, one exchange a line' };
/** The forms of reports/formats.ts, which is loaded only when one is written. */
const formats = 'text, json, sarif, markdown, html, patch';
const target = {
  value: 'target',
  help: 'an id of migrate-llm.config.json, a dialect, or a base URL such as http://127.0.0.1:8080/v1',
};
const json = { help: 'print the result as JSON' };

/** The command without a name: plan, and write when asked. */
export const migrate: Command = {
  name: '',
  summary: 'finds every OpenAI touchpoint of a folder, prints the plan and the diff',
  words: ['path'],
  options: {
    write: { help: 'write the changes (undo takes them back)' },
    interactive: { help: 'ask about each change, as git add --patch does, and write what was taken' },
    check: { help: 'write nothing; exit 1 when changes are pending' },
    yes: { help: 'yes to the question; the same as --write' },
    'allow-dirty': { help: 'write although the folder has uncommitted changes' },
    'allow-unparsed': { help: 'go on although a file that mentions OpenAI does not parse' },
    'no-type-check': { help: 'do not compare the types before and after writing' },
    'rewrite-models': { help: 'write the names of `models` in migrate-llm.config.json into the code, where proven' },
    'upgrade-sdk': { help: 'raise the major of openai where the code is written for an older one, and rewrite it' },
    marks: { help: 'mark what is left to you with a comment in the code; what is done loses its mark on any run' },
    only: { value: 'rule or path', many: true, help: 'only this rule, or files of this path or pattern (repeat it)' },
    skip: { value: 'rule or path', many: true, help: 'leave this rule, or these files, out' },
    since: { value: 'ref', help: 'only files changed since the branch left this commit, branch or tag' },
    finding: { value: 'id', many: true, help: 'only this finding; with --check exit 1 until it is done' },
    baseline: { value: 'file', help: 'write nothing; exit 1 when there is use of OpenAI that the file does not have' },
    'update-baseline': { help: 'write the use of OpenAI there is now to the --baseline file' },
    format: { value: 'form', help: `form of the report: ${formats}; by the name of --out when left out` },
    out: { value: 'path', help: 'file for the report, or folder for the patches of --split' },
    target: {
      value: 'dialect',
      help: 'say what of the calls this dialect (groq, vllm …) serves, renames, emulates, drops or refuses',
    },
    split: { value: 'by', help: 'one patch each by package or codeowners, into the folder of --out' },
    json,
    version: { help: 'print the version' },
  },
  load: () => import('./commands/migrate.ts'),
};

type Form = Omit<Command, 'name'>;

const forms: Readonly<Record<CommandName, Form>> = {
  undo: {
    summary: 'restores every byte of the last run, or of one file of it',
    words: ['path'],
    options: { all: { help: 'take back all runs, the newest first' }, json },
    load: () => import('./commands/undo.ts'),
  },
  explain: {
    summary: 'says what a rule does, with examples; without a rule: lists them',
    words: ['rule'],
    options: { json },
    load: () => import('./commands/explain.ts'),
  },
  doctor: {
    summary: 'checks Node, packages, settings and endpoint, and says what to do',
    words: ['path'],
    options: { json },
    load: () => import('./commands/doctor.ts'),
  },
  demo: {
    summary: 'migrates a real example, runs it on a Llama engine and ends with a verdict',
    words: [],
    options: { break: { value: 'fault', help: 'break the endpoint on purpose, to see the verdict turn' } },
    load: () => import('./commands/demo.ts'),
  },
  serve: {
    summary: 'serves an embedded Llama engine, or a gateway in front of a target, on loopback until Ctrl-C',
    words: [],
    options: {
      target: { ...target, help: `a gateway in front of ${target.help}` },
      embedded: { help: 'the embedded llama.cpp engine, with a tiny generated model; the default' },
      model: {
        value: 'name',
        help: 'with a target: the model every request goes to; else a small GGUF file of your own',
      },
      port: { value: 'number', help: 'port to listen on; a free one when left out' },
      key: { value: 'key', help: 'key that callers must send; a gateway makes one when left out' },
      host: { value: 'address', help: 'address the gateway listens on; 127.0.0.1 when left out' },
      exposed: { help: 'let other machines in, with --host and a --key of 16 characters or more' },
    },
    load: () => import('./commands/serve.ts'),
  },
  parity: {
    summary: 'asks recorded OpenAI traffic again at your endpoint and gives a verdict',
    words: [],
    options: {
      traffic: {
        value: 'file',
        help: 'recorded traffic, one exchange a line, with its repeats (migrate-llm baseline)',
      },
      recordings: { value: 'file', help: 'the same' },
      target: { ...target, help: `${target.help}; the default target of the settings when left out` },
      targets: { value: 'ids', help: 'several, with commas: finds the cheapest SAFE one for each call site' },
      route: { value: 'file', help: 'with --targets: write the rules of `route` there' },
      tasks: { value: 'file', help: 'a module that exports `checks`: your own checks of answers' },
      gate: { value: 'file', help: 'a gate.yaml that says what must hold' },
      sample: { value: 'number', help: 'ask this many exchanges at most, some of every kind of call' },
      seed: { value: 'number', help: 'seed of the sample; 1 when left out' },
      'max-requests': { value: 'number', help: 'ask nothing when more requests would be needed' },
      'max-tokens': { value: 'number', help: 'ask nothing when more tokens would be needed' },
      'free-running': { help: "turns follow the candidate's own earlier answers, not the recorded ones" },
      lanes: { value: 'number', help: 'requests at the same time; 4 when left out' },
      timeout: { value: 'seconds', help: 'longest wait for one answer; 120 when left out' },
      results: { value: 'file', help: 'keep every result there; a run that was stopped goes on from it' },
      shard: { value: 'part/parts', help: 'ask only this part, e.g. 2/8, with --results' },
      merge: { value: 'file', many: true, help: 'ask nothing: a report of such files, once for each' },
      json: { value: 'file', help: 'write the report as JSON too; - prints it instead' },
      html: { value: 'file', help: 'write the report as one HTML page' },
      junit: { value: 'file', help: 'write the report as JUnit XML' },
      markdown: { value: 'file', help: 'write the report as Markdown, for a pull request' },
    },
    load: () => import('./commands/parity.ts'),
  },
  replay: {
    summary: 'answers as OpenAI did, from recordings, on loopback until Ctrl-C',
    words: [],
    options: {
      recordings,
      port: { value: 'number', help: 'port to listen on; a free one when left out' },
      pace: { value: 'factor', help: '1 sends streams at the recorded pace, 2 at half of it, 0 (the default) at once' },
      fault: {
        value: 'fault',
        many: true,
        help: 'break answers: a status that comes first (429, 503x2), or a fault of the wire (body-reset, answer-hangs …)',
      },
      ignore: { value: 'place', many: true, help: 'a place of requests that does not count, as messages[0].content' },
      strict: { help: 'exit with 1 when a request was not recorded, or an exchange answered nothing' },
    },
    load: () => import('./commands/replay.ts'),
  },
  try: {
    summary: 'runs a command of the app, unedited, on a target, and says what became of each call',
    words: [],
    rest: 'command',
    options: {
      target,
      model: { value: 'name', help: 'the model every request goes to, whatever it asks for' },
      'any-key': { help: 'take calls with any key, for apps that do not read OPENAI_API_KEY' },
      json: {
        value: 'file',
        help: "write the report as JSON too; - prints it, and the command's output goes to stderr",
      },
    },
    load: () => import('./commands/try.ts'),
  },
  verify: {
    summary: 'asks the conformance cases at an endpoint, and says what breaks there and for whom',
    words: ['report', 'second report', 'third report'],
    options: {
      'base-url': { value: 'URL', help: 'the endpoint itself, with its version path, e.g. http://127.0.0.1:8080/v1' },
      target: { ...target, help: `the endpoint through the shim: ${target.help}` },
      model: { value: 'name', help: 'the model to ask; the first of the list when left out' },
      'embeddings-model': { value: 'name', help: 'the model for embeddings; its cases are left out without one' },
      'moderations-model': { value: 'name', help: 'the model for moderations; its cases are left out without one' },
      'vision-model': { value: 'name', help: 'the model that sees images; its cases are left out without one' },
      'completions-model': { value: 'name', help: 'the model for the older completions, when it is another one' },
      'api-key-env': { value: 'variable', help: 'variable with the key; MIGRATE_LLM_API_KEY when left out' },
      only: { value: 'case', many: true, help: 'an id (STR-11), the start of ids (STR) or a capability (repeat it)' },
      profile: { value: 'profile', help: 'openai-observed (the default), openai-spec-strict, or a client: openai-7 …' },
      has: { value: 'feature', many: true, help: 'the endpoint has it, e.g. reasoning (repeat it)' },
      lacks: { value: 'feature', many: true, help: 'the endpoint has it not, e.g. tools (repeat it)' },
      dialect: { value: 'dialect', help: 'what the endpoint is, for its known deviations' },
      k: { value: 'times', help: 'how often a case that depends on the model is asked; 3 when left out' },
      concurrency: { value: 'cases', help: 'cases at the same time; 4 when left out' },
      timeout: { value: 'seconds', help: 'longest time of one asking of a case; 120 when left out' },
      'max-requests': { value: 'number', help: 'send no more requests than this' },
      'max-tokens': { value: 'number', help: 'spend no more tokens than this' },
      resume: { value: 'file', help: 'keep results here, and do not ask again what it holds already' },
      recorded: { value: 'file.jsonl', help: 'ask nothing: hold recorded exchanges against the cases' },
      compare: { value: 'report', many: true, help: 'ask nothing: put JSON reports side by side, the first one first' },
      name: { value: 'text', help: 'how reports name the endpoint' },
      format: { value: 'form', help: 'form on stdout: text, json, junit, markdown or html' },
      out: { value: 'file', many: true, help: 'write a file too, in the form of its name: .json .xml .md .html .txt' },
      json: { value: 'file', help: 'write the report as JSON too; - prints it instead' },
    },
    load: () => import('./commands/verify.ts'),
  },
  record: {
    summary: 'records the OpenAI traffic of a command, in any language, or of whoever calls until Ctrl-C',
    words: [],
    rest: 'command',
    options: {
      out: { value: 'file.jsonl', help: 'file that exchanges are appended to; that of the settings, or traffic.jsonl' },
      upstream: { value: 'url', help: 'base URL that calls go on to; OPENAI_BASE_URL, or OpenAI, when left out' },
      'call-site': { value: 'tag', help: 'tag of calls that bring none of their own' },
      port: { value: 'number', help: 'port to listen on; a free one when left out' },
      redact: { value: 'name=pattern', many: true, help: 'take out what matches, beside keys and personal data' },
      import: {
        value: 'file',
        many: true,
        help: 'add what another tool recorded: HAR, vcrpy, VCR, go-vcr, nock, Langfuse, LiteLLM, OpenAI Evals, OpenTelemetry',
      },
      format: { value: 'format', help: 'format of the --import files; found out by their content when left out' },
      purge: { value: 'subject', many: true, help: 'take every exchange out that mentions it, by value or pseudonym' },
    },
    load: () => import('./commands/record.ts'),
  },
  baseline: {
    summary: 'asks recorded requests again on OpenAI while the old model lives, to learn its own spread',
    words: [],
    options: {
      recordings: { ...recordings, help: 'recorded traffic; the repeats are added to it' },
      repeats: {
        value: 'times',
        help: 'how often each request is asked again, those there already counted; 3 when left out',
      },
      plan: { help: 'say what would be asked, with its ceilings and the last day of each model, and ask nothing' },
      'base-url': { value: 'url', help: 'who is asked; OPENAI_BASE_URL, or OpenAI, when left out' },
      'max-requests': { value: 'number', help: 'send no more requests than this' },
      'max-tokens': { value: 'number', help: 'stop when the answers have counted so many tokens' },
      concurrency: { value: 'requests', help: 'requests at the same time; 1 when left out' },
    },
    load: () => import('./commands/baseline.ts'),
  },
};

/** The commands with a name, in the order of `--help`. A first word found here is a command; `./undo` is a folder. */
export const commands: readonly Command[] = commandNames.map((name) => ({ name, ...forms[name] }));

/** Finds a named command. */
export function findCommand(name: string | undefined): Command | undefined {
  return commands.find((command) => command.name === name);
}
