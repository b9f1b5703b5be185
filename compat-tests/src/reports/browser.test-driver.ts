import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** A page in a real browser. */
export interface BrowserPage {
  /** What went wrong on it: console messages, errors, and requests for anything but its own file. */
  readonly troubles: readonly string[];
  /** The value of an expression, as JSON. */
  evaluate(expression: string): Promise<unknown>;
  /** Presses keys, one after the other: a character, or a name such as `Enter`. */
  press(...keys: readonly string[]): Promise<void>;
  /** Clicks with the mouse where the element is; throws when it is not to be seen. */
  click(selector: string): Promise<void>;
  /** PNG of what is on the screen. */
  shoot(): Promise<Buffer>;
}

/** How a page is opened. */
interface PageOptions {
  readonly scheme?: 'light' | 'dark';
  readonly width?: number;
}

/** A headless Chromium. */
export interface Browser {
  open(url: string, options?: PageOptions): Promise<BrowserPage>;
  close(): Promise<void>;
}

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** Starts the Chromium that `CHROME_PATH` names, or that is on the PATH. Throws when there is none. */
export async function startBrowser(): Promise<Browser> {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const path =
    process.env['CHROME_PATH'] ??
    folders.flatMap((folder) => names.map((name) => join(folder, name))).find((file) => existsSync(file));
  if (path === undefined)
    throw new Error('this test opens a page in Chromium: install it, or name one with CHROME_PATH=/path/to/chrome');
  const profile = mkdtempSync(join(tmpdir(), 'migrate-llm-chromium-'));
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'];
  const child = spawn(path, [...flags, `--user-data-dir=${profile}`, '--remote-debugging-pipe', 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const wire = openWire(child);
  return {
    open: (url, options) => openPage(wire, url, options),
    close: async () => {
      const ended = new Promise((done) => child.once('exit', done));
      child.kill('SIGKILL');
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

type Params = Readonly<Record<string, unknown>>;
interface Message {
  readonly id?: number;
  readonly sessionId?: string;
  readonly method?: string;
  readonly params?: Params;
  readonly result?: Params;
  readonly error?: { readonly message: string };
}
interface Wire {
  send(method: string, params?: Params, sessionId?: string): Promise<Params>;
  listen(sessionId: string, hear: (method: string, params: Params) => void): void;
}

/** Chromium's DevTools protocol over its pipe: JSON texts with a NUL between them. Source: https://chromedevtools.github.io/devtools-protocol/, checked 2026-11-25 */
function openWire(child: ChildProcess): Wire {
  const [, , , output, input] = child.stdio as unknown as [null, null, null, Writable, Readable];
  const open = new Map<number, { resolve: (result: Params) => void; reject: (error: Error) => void }>();
  const ears = new Map<string, (method: string, params: Params) => void>();
  let rest = '';
  let last = 0;
  const fail = (error: Error) => {
    for (const { reject } of open.values()) reject(error);
    open.clear();
  };
  child.once('error', fail);
  child.once('exit', (code) => fail(new Error(`Chromium ended with ${code}`)));
  output.on('error', fail);
  input.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\0');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const { id, sessionId, method, params = {}, result = {}, error } = JSON.parse(part) as Message;
      if (id === undefined) ears.get(sessionId ?? '')?.(method ?? '', params);
      else if (error === undefined) open.get(id)?.resolve(result);
      else open.get(id)?.reject(new Error(error.message));
    }
  });
  return {
    send: (method, params = {}, sessionId = undefined) =>
      new Promise((resolve, reject) => {
        last += 1;
        open.set(last, { resolve, reject });
        output.write(`${JSON.stringify({ id: last, method, params, sessionId })}\0`);
      }),
    listen: (sessionId, hear) => void ears.set(sessionId, hear),
  };
}

async function openPage(
  wire: Wire,
  url: string,
  { scheme = 'light', width = 1360 }: PageOptions = {},
): Promise<BrowserPage> {
  const { targetId } = await wire.send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await wire.send('Target.attachToTarget', { targetId, flatten: true });
  const session = String(sessionId);
  const send = (method: string, params?: Params) => wire.send(method, params, session);
  const troubles: string[] = [];
  const loaded = new Promise<void>((done) => {
    wire.listen(session, (method, params) => {
      if (method === 'Page.loadEventFired') done();
      const request = params['request'] as { readonly url: string } | undefined;
      if (method === 'Network.requestWillBeSent' && request?.url.split('#')[0] !== url.split('#')[0])
        troubles.push(`asks for ${request?.url ?? ''}`);
      if (method === 'Log.entryAdded' || method === 'Runtime.exceptionThrown' || method === 'Runtime.consoleAPICalled')
        troubles.push(JSON.stringify(params));
    });
  });
  for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await send(`${domain}.enable`);
  await send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
  await send('Emulation.setDeviceMetricsOverride', { width, height: 1_000, deviceScaleFactor: 1, mobile: false });
  await send('Page.navigate', { url });
  await loaded;

  const evaluate = async (expression: string): Promise<unknown> => {
    const answer = await send('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true });
    const wrong = answer['exceptionDetails'] as { readonly exception?: { readonly description?: string } } | undefined;
    if (wrong !== undefined) throw new Error(wrong.exception?.description ?? 'the expression throws');
    return (answer['result'] as { readonly value?: unknown }).value;
  };
  return {
    troubles,
    evaluate,
    press: async (...keys) => {
      for (const key of keys) {
        const text = key === 'Enter' ? '\r' : key.length === 1 ? key : undefined;
        const windowsVirtualKeyCode = { Enter: 13, Escape: 27, Tab: 9 }[key] ?? key.toUpperCase().charCodeAt(0);
        await send('Input.dispatchKeyEvent', {
          type: 'keyDown',
          key,
          windowsVirtualKeyCode,
          ...(text === undefined ? {} : { text }),
        });
        await send('Input.dispatchKeyEvent', { type: 'keyUp', key, windowsVirtualKeyCode });
      }
    },
    click: async (selector) => {
      const place = await evaluate(
        `(() => { const node = document.querySelector(${JSON.stringify(selector)}); node.scrollIntoView({ block: 'center' }); const { x, y, width, height } = node.getBoundingClientRect(); const at = [x + width / 2, y + height / 2]; return node.contains(document.elementFromPoint(...at)) ? at : null; })()`,
      );
      if (place === null) throw new Error(`${selector} is not to be seen`);
      const [x, y] = place as [number, number];
      for (const type of ['mousePressed', 'mouseReleased'])
        await send('Input.dispatchMouseEvent', { type, x, y, button: 'left', clickCount: 1 });
    },
    shoot: async () => Buffer.from(String((await send('Page.captureScreenshot', { format: 'png' }))['data']), 'base64'),
  };
}
