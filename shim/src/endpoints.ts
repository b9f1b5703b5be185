/** The endpoints of OpenAI's API that the shim tells apart. */
export type EndpointId =
  | 'chat.completions'
  | 'completions'
  | 'embeddings'
  | 'models.list'
  | 'models.retrieve'
  | 'responses'
  | 'conversations'
  | 'moderations'
  | 'audio'
  | 'images'
  | 'files'
  | 'batches'
  | 'vector_stores'
  | 'fine_tuning'
  | 'realtime'
  | 'assistants'
  | 'other';

const table: ReadonlyArray<readonly [method: string, path: RegExp, id: EndpointId]> = [
  ['POST', /^\/chat\/completions$/, 'chat.completions'],
  ['POST', /^\/completions$/, 'completions'],
  ['POST', /^\/embeddings$/, 'embeddings'],
  ['GET', /^\/models$/, 'models.list'],
  ['GET', /^\/models\/.+$/, 'models.retrieve'],
  ['*', /^\/responses(\/|$)/, 'responses'],
  ['*', /^\/conversations(\/|$)/, 'conversations'],
  ['*', /^\/moderations$/, 'moderations'],
  ['*', /^\/audio\//, 'audio'],
  ['*', /^\/images\//, 'images'],
  ['*', /^\/(files|uploads)(\/|$)/, 'files'],
  ['*', /^\/batches(\/|$)/, 'batches'],
  ['*', /^\/vector_stores(\/|$)/, 'vector_stores'],
  ['*', /^\/fine_tuning(\/|$)/, 'fine_tuning'],
  ['*', /^\/realtime(\/|$)/, 'realtime'],
  ['*', /^\/(assistants|threads)(\/|$)/, 'assistants'],
];

/** Names the endpoint of a request. `path` lies below the base URL, e.g. `/chat/completions`. */
export function findEndpoint(method: string, path: string): EndpointId {
  return table.find(([verb, pattern]) => (verb === '*' || verb === method) && pattern.test(path))?.[2] ?? 'other';
}

const version = /^.*?\/(?:openai\/v1|v\d+[a-z0-9]*|openai)(?=\/)/;
const knownStart =
  /^.*?(?=\/(?:chat\/completions|completions|embeddings|models|responses|conversations|moderations|audio|images|files|uploads|batches|vector_stores|fine_tuning|realtime|assistants|threads)(?:\/|$))/;

/** Cuts the base URL off a request's URL: a known one exactly, any other up to its version path, or else up to an endpoint's name. Azure's deployment segment goes too. */
export function cutBase(url: URL, baseURL: string | undefined): string {
  const base = baseURL === undefined ? undefined : new URL(baseURL);
  const root = base?.pathname.replace(/\/$/, '') ?? '';
  const below = url.origin === base?.origin && url.pathname.startsWith(`${root}/`);
  const path = below
    ? url.pathname.slice(root.length)
    : url.pathname.replace(version.test(url.pathname) ? version : knownStart, '');
  return path.replace(/^\/deployments\/[^/]+(?=\/)/, '');
}
