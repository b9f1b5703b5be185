import { spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { EmbeddedEngineError, EngineRequestError, type CompletionEvents } from './engine.ts';
import type { EngineCalls, FromChild, ToChild } from './engine-protocol.ts';
import { LLAMA_PACKAGE } from './llama-binding.ts';

/** Node's arguments that run the child: the built door in an installed package, the source file by a TypeScript loader in the repository. */
function childCommand(): string[] {
  const source = import.meta.url.endsWith('.ts');
  const require = createRequire(import.meta.url);
  const module = source
    ? new URL('./engine-child.ts', import.meta.url).href
    : pathToFileURL(require.resolve('@migrate-llm/compat-tests/embedded')).href;
  const loader = source ? ['--import', pathToFileURL(require.resolve('tsx')).href] : [];
  return [
    ...loader,
    '--input-type=module',
    '--eval',
    `import(${JSON.stringify(module)}).then((door) => door.runEngineChild())`,
  ];
}

/** Turns what the dynamic linker says into what to do. */
export function explainLibraryFailure(message: string): EmbeddedEngineError {
  const first = message.split('\n')[0] ?? message;
  if (/libgomp/.test(message)) {
    return new EmbeddedEngineError(
      `The embedded engine needs the system library libgomp (${first}). Install it: \`apt-get install libgomp1\`, \`dnf install libgomp\`.`,
    );
  }
  if (/GLIBC|GLIBCXX|musl|ld-linux/.test(message)) {
    return new EmbeddedEngineError(
      `The embedded engine needs glibc 2.34 or newer (${first}). Use Debian 12, Ubuntu 22.04 or newer (not Alpine), or point MIGRATE_LLM_BASE_URL at a running llama-server.`,
    );
  }
  if (/Cannot find module/.test(message)) {
    return new EmbeddedEngineError(
      `${LLAMA_PACKAGE} is installed without its native part for ${process.platform}-${process.arch}. ` +
        `Run \`npm install --save-dev @fugood/node-llama-${process.platform}-${process.arch}\`; if there is none, point MIGRATE_LLM_BASE_URL at a running llama-server.`,
    );
  }
  return new EmbeddedEngineError(`The embedded engine's native library cannot be loaded: ${first}`);
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly events: CompletionEvents;
}

/** A child process with the engine in it, and the calls to it that wait for an answer. */
export class EngineProcess {
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, Pending>();
  readonly #exited: Promise<void>;
  readonly #model: string;
  #next = 1;
  #gone: EmbeddedEngineError | undefined;
  /** The end of what the native code printed: the only reason it gives when it dies. */
  #log = '';
  #loaded = false;

  constructor(model: string) {
    this.#model = model;
    // The native code prints to stdout whatever one asks of it, so it runs where its stdout is not ours. A process of its own also
    // keeps our event loop free while it works, and takes only itself along when it crashes.
    this.#child = spawn(process.execPath, childCommand(), {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'advanced',
      env: { ...process.env, NODE_OPTIONS: '' },
      windowsHide: true,
    });
    const keep = (chunk: Buffer) => {
      this.#log = (this.#log + chunk.toString('utf8')).slice(-8192);
    };
    this.#child.stdout?.on('data', keep);
    this.#child.stderr?.on('data', keep);
    this.#child.on('message', (message: FromChild) => this.#receive(message));
    this.#exited = new Promise((resolve) => {
      this.#child.once('error', (error) => {
        this.#fail(new EmbeddedEngineError(`The embedded engine's process cannot be started: ${error.message}`));
        resolve();
      });
      // 'exit' and not 'close': with an IPC channel that this side has closed, Node 20 never emits the latter.
      this.#child.once('exit', (code, signal) => {
        this.#drain().then(() => {
          this.#fail(this.#explainEnd(signal ?? `exit code ${code}`));
          resolve();
        });
      });
    });
  }

  /** Waits for what the dead process printed, but not for long: a grandchild could hold the pipes open. */
  #drain(): Promise<unknown> {
    const ended = [this.#child.stdout, this.#child.stderr].map(
      (stream) =>
        new Promise<void>((resolve) =>
          stream === null || stream.readableEnded ? resolve() : stream.once('close', () => resolve()),
        ),
    );
    return Promise.race([Promise.all(ended), new Promise((resolve) => setTimeout(resolve, 200))]);
  }

  #explainModelFailure(otherwise: string): EmbeddedEngineError {
    const reason = /error loading model: ([^\n]*)/.exec(this.#log)?.[1] ?? otherwise;
    return new EmbeddedEngineError(
      `The model ${this.#model} cannot be loaded (${reason.trim()}). Check that the file is complete and that llama.cpp knows its architecture.`,
    );
  }

  #explainEnd(how: string): EmbeddedEngineError {
    const last = this.#log.trimEnd().split('\n').slice(-3).join(' | ');
    // The native code does not survive a model it cannot load.
    if (!this.#loaded) return this.#explainModelFailure(`the engine ended with ${how}: ${last || 'no word'}`);
    return new EmbeddedEngineError(`The embedded engine has ended (${how}). Its last words: ${last || 'none'}`);
  }

  #fail(error: EmbeddedEngineError): void {
    this.#gone ??= error;
    for (const { reject } of this.#pending.values()) reject(this.#gone);
    this.#pending.clear();
  }

  #receive(message: FromChild): void {
    const pending = this.#pending.get(message.id);
    if (pending === undefined) return;
    if (message.kind === 'start') return pending.events.onStart?.();
    if (message.kind === 'delta') return pending.events.onDelta?.(message.delta);
    this.#pending.delete(message.id);
    if (message.kind === 'result') {
      // The first call is the one that loads the model.
      this.#loaded = true;
      return pending.resolve(message.result);
    }
    if (message.failure === 'request') return pending.reject(new EngineRequestError(message.message, message.overflow));
    if (message.failure === 'library') return pending.reject(explainLibraryFailure(message.message));
    if (message.failure === 'model') return pending.reject(this.#explainModelFailure(message.message));
    return pending.reject(new EmbeddedEngineError(`The embedded engine failed: ${message.message}`));
  }

  /** Whether it still takes calls. */
  get alive(): boolean {
    return this.#gone === undefined;
  }

  /** Calls the child. An abort of `events.signal` stops a generation and rejects. */
  call<K extends keyof EngineCalls>(
    call: K,
    argument: EngineCalls[K]['argument'],
    events: CompletionEvents = {},
  ): Promise<EngineCalls[K]['result']> {
    const id = this.#next++;
    const { signal } = events;
    return new Promise((resolve, reject) => {
      if (this.#gone) return reject(this.#gone);
      if (signal?.aborted) return reject(new Error('aborted'));
      const abort = () => {
        this.#pending.delete(id);
        this.#post({ id, call: 'stop' });
        reject(new Error('aborted'));
      };
      signal?.addEventListener('abort', abort, { once: true });
      const settled =
        <T extends unknown[]>(then: (...values: T) => void) =>
        (...values: T) => {
          signal?.removeEventListener('abort', abort);
          then(...values);
        };
      this.#pending.set(id, {
        resolve: settled((value) => resolve(value as EngineCalls[K]['result'])),
        reject: settled(reject),
        events,
      });
      this.#post({ id, call, argument } as ToChild);
    });
  }

  #post(message: ToChild): void {
    if (!this.#child.connected) return;
    // A write can fail while the process is dying; its end then settles everything that waits.
    this.#child.send(message, () => undefined);
  }

  /** Ends the process, by force after a second; what waits is rejected. */
  async close(): Promise<void> {
    this.#gone ??= new EmbeddedEngineError('The embedded engine was closed.');
    this.#fail(this.#gone);
    if (this.#child.connected) this.#child.disconnect();
    const kill = setTimeout(() => this.#child.kill('SIGKILL'), 1000);
    await this.#exited;
    clearTimeout(kill);
  }
}
