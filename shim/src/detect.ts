import type { Dialect } from './dialect.ts';
import { dialects } from './dialects/index.ts';
import type { Report } from './report.ts';
import type { Target } from './setup.ts';
import type { Ask } from './transport.ts';
import { isObject, parseJson } from './wire.ts';

const detected = new Map<string, Dialect>();

/** Gives a target's dialect. `auto` asks the endpoint for its models once per process, and reads the answer's signs. */
export async function findDialect({ dialect, baseURL }: Target, ask: Ask, report: Report): Promise<Dialect> {
  if (dialect !== 'auto') return dialects[dialect];
  const found = detected.get(baseURL) ?? (await readSigns(await ask('/models', { method: 'GET', body: null })));
  // An endpoint that gave no sign may give one once it is up, or once the key is right.
  if (found !== undefined) detected.set(baseURL, found);
  const dialectRead = found ?? dialects['openai-compatible'];
  report.add({
    code: 'dialect-detected',
    severity: 'info',
    where: 'target',
    what: `${baseURL} is read as ${dialectRead.id}`,
    why: 'its dialect is "auto"',
    fix: 'Name the dialect in the config to spare the first request',
  });
  return dialectRead;
}

async function readSigns(response: Response): Promise<Dialect | undefined> {
  const server = response.headers.get('server') ?? '';
  const body = parseJson(await response.text());
  const models = isObject(body) && Array.isArray(body['data']) ? body['data'].filter(isObject) : [];
  const match = Object.values(dialects).find(
    ({ signs }) =>
      signs.server?.test(server) === true ||
      models.some(({ owned_by: owner }) => typeof owner === 'string' && signs.ownedBy?.test(owner) === true),
  );
  return match ?? (response.ok ? dialects['openai-compatible'] : undefined);
}
