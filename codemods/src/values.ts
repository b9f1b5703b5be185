import type { ts } from 'ts-morph';

/** A function whose returns can be followed. */
export type Callable = ts.FunctionLikeDeclaration;

/** What an expression may hold, as far as the plan needs to know. */
export type Value =
  /** Something that a module of the SDK exports; `site` is the string literal that names the module. */
  | { readonly kind: 'sdk'; readonly name: string; readonly site: ts.StringLiteralLike }
  /** The SDK module itself: a namespace, and in CommonJS the client class at once. */
  | { readonly kind: 'sdk-module'; readonly site: ts.StringLiteralLike }
  /** A client, or what lies at `path` in it; `made` is the `new` that built it, absent when only a type says so. */
  | {
      readonly kind: 'client';
      readonly name: string;
      readonly site: ts.StringLiteralLike;
      readonly made: ts.Node | undefined;
      readonly path: readonly string[];
    }
  /** Anything that comes from a module that is neither in the folder nor the SDK. */
  | { readonly kind: 'foreign'; readonly module: string }
  | { readonly kind: 'module'; readonly file: string }
  | { readonly kind: 'function'; readonly node: Callable }
  | { readonly kind: 'class'; readonly node: ts.ClassLikeDeclaration }
  | { readonly kind: 'instance'; readonly node: ts.ClassLikeDeclaration }
  | { readonly kind: 'object'; readonly node: ts.ObjectLiteralExpression }
  | { readonly kind: 'shape'; readonly node: ts.InterfaceDeclaration | ts.TypeLiteralNode }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'env'; readonly name: string }
  | { readonly kind: 'env-object' }
  /** `undefined`, `null` or an empty text. */
  | { readonly kind: 'nothing' };

/** Classes of the SDK that make clients. */
export const clientClasses: ReadonlySet<string> = new Set(['OpenAI', 'AzureOpenAI', 'BedrockOpenAI', 'OpenAIApi']);

/** Resources of a client by the name of their class: a value of such a type lies at that path of a client. */
const resourceClasses: Readonly<Record<string, readonly string[]>> = {
  Chat: ['chat'],
  'Chat.Completions': ['chat', 'completions'],
  Completions: ['completions'],
  Embeddings: ['embeddings'],
  Responses: ['responses'],
  Images: ['images'],
  Audio: ['audio'],
  'Audio.Speech': ['audio', 'speech'],
  'Audio.Transcriptions': ['audio', 'transcriptions'],
  'Audio.Translations': ['audio', 'translations'],
  Moderations: ['moderations'],
  Models: ['models'],
  Files: ['files'],
  Batches: ['batches'],
  FineTuning: ['fineTuning'],
  VectorStores: ['vectorStores'],
};

/** The path of a resource class in a client; undefined when the name is no such class. Source: openai@7.57.0 resources; checked 2026-11-23. */
export function resourcePath(name: string): readonly string[] | undefined {
  return Object.hasOwn(resourceClasses, name) ? resourceClasses[name] : undefined;
}

/** Deep entries of the SDK whose exports are resources: `openai/resources/chat/completions` has the completions of the chat. */
export function isResourceEntry(specifier: string): boolean {
  return /^openai\/resources(?:\/|$)/.test(specifier);
}

/** The module that the shim is imported as. */
export const shimModule = '@migrate-llm/shim';

/** How a specifier names the SDK, or undefined when it does not. */
export function sdkFormOf(specifier: string): 'sdk' | 'shim' | 'index' | 'deno' | undefined {
  if (specifier === 'openai') return 'sdk';
  if (specifier === shimModule) return 'shim';
  if (/^openai\/(?:index|azure|client)(?:\.m?js)?$/.test(specifier)) return 'index';
  if (
    /^(?:npm:openai(?:@[^/]+)?|https:\/\/(?:esm\.sh|cdn\.skypack\.dev|esm\.run|cdn\.jsdelivr\.net\/npm)\/openai(?:@[^/]*)?(?:\/.*)?|https:\/\/deno\.land\/x\/openai(?:@[^/]*)?\/mod\.ts|jsr:@openai\/openai(?:@.*)?)$/.test(
      specifier,
    )
  )
    return 'deno';
  return undefined;
}

/** Both lists without doubles, in order. */
export function mergeValues(...lists: ReadonlyArray<readonly Value[]>): Value[] {
  const merged: Value[] = [];
  for (const value of lists.flat()) {
    if (merged.length >= 24) break;
    if (!merged.some((known) => isSame(known, value))) merged.push(value);
  }
  return merged;
}

function isSame(a: Value, b: Value): boolean {
  if (a.kind !== b.kind) return false;
  if (a.kind === 'client' && b.kind === 'client') {
    return a.made === b.made && a.site === b.site && a.path.join('.') === b.path.join('.');
  }
  if (a.kind === 'sdk' && b.kind === 'sdk') return a.name === b.name && a.site === b.site;
  if (a.kind === 'sdk-module' && b.kind === 'sdk-module') return a.site === b.site;
  if ('node' in a && 'node' in b) return a.node === b.node;
  if (a.kind === 'text' && b.kind === 'text') return a.text === b.text;
  if (a.kind === 'env' && b.kind === 'env') return a.name === b.name;
  if (a.kind === 'foreign' && b.kind === 'foreign') return a.module === b.module;
  if (a.kind === 'module' && b.kind === 'module') return a.file === b.file;
  return true;
}
