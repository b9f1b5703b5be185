/** First parts of the entries below `openai/` from openai 5 on, and since which major: what is not here does not resolve. openai 4 has them all. Source: openai@5.23.2, 6.49.0 and 7.57.0 package.json (exports); checked 2026-11-25. */
const since: Readonly<Record<string, number>> = {
  _vendor: 5,
  'api-promise': 5,
  auth: 6,
  azure: 5,
  bedrock: 6,
  beta: 5,
  client: 5,
  core: 5,
  error: 5,
  helpers: 5,
  index: 5,
  lib: 5,
  live: 7,
  pagination: 5,
  providers: 6,
  realtime: 5,
  resource: 5,
  resources: 5,
  streaming: 5,
  uploads: 5,
  version: 5,
};

/** Whether `openai/<path>` is an entry of a major of openai; true where the major is not known. */
export function isEntry(specifier: string, major: number | undefined): boolean {
  if (major === undefined || major < 5) return true;
  const first = /^openai\/([^/]+?)(?:\.m?js)?(?:\/|$)/.exec(specifier)?.[1] ?? '';
  return (Object.hasOwn(since, first) ? (since[first] ?? 0) : Infinity) <= major;
}
