import type { ts } from 'ts-morph';
import type { Flow } from './flow.ts';
import type { Value } from './values.ts';

/** Where a client's requests go, as far as its construction says. */
export type TargetKind = 'openai' | 'openai-by-env' | 'azure' | 'proxy' | 'elsewhere' | 'unknown';

/** A client's target and what says so. */
export interface Target {
  readonly kind: TargetKind;
  readonly because: string;
  /** The SDK reads its base URL from its own environment variables. */
  readonly followsEnv?: true;
}

const unset: Target = { kind: 'openai', because: 'it sets no baseURL', followsEnv: true };
/** The variables by which the SDKs themselves are pointed elsewhere. */
const sdkEnv = /^OPENAI_(?:API_BASE|BASE_URL)$/;

/** Hosts that stand in front of OpenAI: the shim would go around them. Source: the products' own documentation of their OpenAI base URLs, names only. */
const proxies =
  /(?:^|\.)(?:helicone\.ai|hconeai\.com|portkey\.ai|gateway\.ai\.cloudflare\.com|ai-gateway\.vercel\.sh)$/;
const openaiHost = /(?:^|\.)openai\.com$/;
const azureHost = /(?:^|\.)(?:openai\.azure\.com|cognitiveservices\.azure\.com|azure-api\.net)$/;
/** Environment names that mean OpenAI's own base URL. */
const openaiEnv =
  /^(?:(?:VITE_|NEXT_PUBLIC_|PUBLIC_|REACT_APP_)?OPEN_?AI_(?:API_)?(?:BASE(?:_URL|_PATH)?|URL|HOST|ENDPOINT|PROXY(?:_URL)?))$/;

/** Reads the options of a construction (`new OpenAI(options)` or `super(options)`). */
export function readTarget(api: typeof ts, flow: Flow, className: string, options: ts.Expression | undefined): Target {
  if (className === 'AzureOpenAI') return { kind: 'azure', because: 'it is an AzureOpenAI client' };
  if (className === 'BedrockOpenAI') return { kind: 'elsewhere', because: 'it is a BedrockOpenAI client' };
  if (options === undefined) return unset;
  const objects = flow.valuesOf(options);
  const known = objects.filter((value) => value.kind !== 'nothing');
  if (known.length === 0)
    return { kind: 'unknown', because: `its options (${shorten(options.getText())}) are not visible here` };
  const targets = known.map((value) => readOptions(api, flow, value, options));
  return mergeTargets(targets);
}

function readOptions(api: typeof ts, flow: Flow, value: Value, options: ts.Expression): Target {
  if (value.kind !== 'object')
    return { kind: 'unknown', because: `its options (${shorten(options.getText())}) are not visible here` };
  const found: Target[] = [];
  let openSpread: string | undefined;
  for (const property of value.node.properties) {
    if (api.isSpreadAssignment(property)) {
      const inner = flow.valuesOf(property.expression).filter((one) => one.kind !== 'nothing');
      if (inner.some((one) => one.kind !== 'object') || inner.length === 0) {
        const shown = literalParts(api, property.expression);
        if (shown === undefined) openSpread = property.expression.getText();
        else
          found.push(
            ...shown
              .map((one) => readOptions(api, flow, { kind: 'object', node: one }, options))
              .filter((one) => one.kind !== 'openai'),
          );
      } else
        found.push(...inner.map((one) => readOptions(api, flow, one, options)).filter((one) => one.kind !== 'openai'));
      continue;
    }
    const name = property.name === undefined ? '' : property.name.getText().replace(/^['"]|['"]$/g, '');
    if (name === 'baseURL' || name === 'basePath') {
      if (api.isPropertyAssignment(property)) found.push(readBaseUrl(api, flow, property.initializer));
      else if (api.isShorthandPropertyAssignment(property)) found.push(readBaseUrl(api, flow, property.name));
      else found.push({ kind: 'unknown', because: 'its baseURL is computed' });
    } else if (name === 'defaultQuery' && /api-version/.test(property.getText()))
      found.push({ kind: 'azure', because: 'it sends an Azure api-version' });
    else if (name === 'provider') found.push({ kind: 'elsewhere', because: 'it names a provider of its own' });
  }
  const azure = found.find((one) => one.kind === 'azure');
  if (azure !== undefined && found.every((one) => one.kind === 'azure' || one.kind === 'unknown')) return azure;
  if (found.length > 0) return mergeTargets(found);
  if (openSpread !== undefined)
    return { kind: 'unknown', because: `its options spread ${shorten(openSpread)}, which may set a baseURL` };
  return unset;
}

/** `...(x && {…})` and `...(x ? {…} : {})` show the objects they may spread. */
function literalParts(api: typeof ts, node: ts.Expression): ts.ObjectLiteralExpression[] | undefined {
  if (api.isParenthesizedExpression(node)) return literalParts(api, node.expression);
  if (api.isObjectLiteralExpression(node)) return [node];
  if (api.isBinaryExpression(node)) return literalParts(api, node.right);
  if (api.isConditionalExpression(node)) {
    const parts = [literalParts(api, node.whenTrue), literalParts(api, node.whenFalse)];
    return parts.some((part) => part === undefined) ? undefined : parts.flatMap((part) => part ?? []);
  }
  return undefined;
}

function readBaseUrl(api: typeof ts, flow: Flow, node: ts.Expression): Target {
  if (api.isTemplateExpression(node) && /\/openai\/deployments\//.test(node.getText())) {
    return { kind: 'azure', because: 'its baseURL is an Azure deployment' };
  }
  if (api.isTemplateExpression(node))
    return readUrl(node.head.text) ?? { kind: 'unknown', because: `its baseURL is ${shorten(node.getText())}` };
  const values = flow.valuesOf(node);
  if (values.length === 0 || !isWhole(api, flow, node))
    return { kind: 'unknown', because: `its baseURL is ${shorten(node.getText())}` };
  const targets = values.map((value): Target => {
    if (value.kind === 'nothing') return unset;
    if (value.kind === 'text')
      return readUrl(value.text) ?? { kind: 'unknown', because: `its baseURL is "${shorten(value.text)}"` };
    if (value.kind === 'env') {
      return openaiEnv.test(value.name)
        ? {
            kind: 'openai-by-env',
            because: `its baseURL comes from ${value.name}`,
            ...(sdkEnv.test(value.name) ? { followsEnv: true } : {}),
          }
        : { kind: 'unknown', because: `its baseURL comes from the environment (${value.name})` };
    }
    return { kind: 'unknown', because: `its baseURL is ${shorten(node.getText())}` };
  });
  return mergeTargets(targets);
}

/** Whether every branch of an expression is known, so that no unseen one hides behind a known one. */
function isWhole(api: typeof ts, flow: Flow, node: ts.Expression): boolean {
  if (api.isParenthesizedExpression(node) || api.isNonNullExpression(node) || api.isAsExpression(node))
    return isWhole(api, flow, node.expression);
  if (api.isConditionalExpression(node)) return isWhole(api, flow, node.whenTrue) && isWhole(api, flow, node.whenFalse);
  if (api.isBinaryExpression(node)) {
    const right = isWhole(api, flow, node.right);
    return node.operatorToken.kind === api.SyntaxKind.AmpersandAmpersandToken
      ? right
      : right && isWhole(api, flow, node.left);
  }
  return flow.valuesOf(node).length > 0;
}

function readUrl(url: string): Target | undefined {
  const host = /^(?:https?:)?\/\/(\[[^\]]+\]|[^/:?#]+)/.exec(url)?.[1]?.toLowerCase();
  if (host === undefined) return undefined;
  if (openaiHost.test(host)) return { kind: 'openai', because: `its baseURL is ${host}` };
  if (azureHost.test(host)) return { kind: 'azure', because: `its baseURL is ${host}` };
  if (proxies.test(host)) return { kind: 'proxy', because: `its baseURL is ${host}, which stands in front of OpenAI` };
  return { kind: 'elsewhere', because: `its baseURL is ${host}` };
}

/** One target for several possible ones: equal kinds stay, different ones are unknown. */
export function mergeTargets(targets: readonly Target[]): Target {
  const [first] = targets;
  if (first === undefined) return unset;
  const own = targets.find((one) => one.followsEnv !== true);
  if (targets.every((one) => one.kind === first.kind)) return own ?? first;
  const rest = targets.filter((one) => one.kind !== 'openai');
  if (rest.every((one) => one.kind === 'openai-by-env'))
    return rest.find((one) => one.followsEnv !== true) ?? rest[0] ?? first;
  const because = [...new Set(targets.map((one) => one.because.replace(/^its baseURL (?:is|comes from) /, '')))].join(
    ', or ',
  );
  return { kind: 'unknown', because: `it depends: ${because}` };
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
}
