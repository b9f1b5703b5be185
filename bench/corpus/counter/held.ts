import type { NodePath } from '@babel/traverse';
import type { Of } from './syntax.ts';

/** What a name or an expression evidently holds, as the counter sees it. */
export type Held =
  /** The module of the SDK. */
  | { readonly kind: 'module' }
  /** A class of the SDK. */
  | { readonly kind: 'sdk-class'; readonly name: string }
  /** A client, or what lies at a path in it. */
  | { readonly kind: 'client'; readonly name: string; readonly path: readonly string[] }
  | { readonly kind: 'function'; readonly path: NodePath<Of<FunctionType>>; readonly file: string }
  | { readonly kind: 'class'; readonly path: NodePath<Of<ClassType>>; readonly file: string }
  | { readonly kind: 'instance'; readonly path: NodePath<Of<ClassType>>; readonly file: string }
  | { readonly kind: 'object'; readonly path: NodePath<Of<'ObjectExpression'>>; readonly file: string }
  /** A file of the folder, taken as a whole. */
  | { readonly kind: 'file'; readonly file: string };

/** Node types of functions. */
type FunctionType =
  | 'FunctionDeclaration'
  | 'FunctionExpression'
  | 'ArrowFunctionExpression'
  | 'ClassMethod'
  | 'ClassPrivateMethod'
  | 'ObjectMethod';
/** Node types of classes. */
type ClassType = 'ClassDeclaration' | 'ClassExpression';

/** Classes that make clients, those of SDK 3 among them. */
export const clientClasses: ReadonlySet<string> = new Set(['OpenAI', 'AzureOpenAI', 'BedrockOpenAI', 'OpenAIApi']);

const resources =
  /^(?:chat|completions|embeddings|files|images|audio|moderations|models|fineTuning|graders|vectorStores|webhooks|beta|batches|uploads|responses|realtime|conversations|evals|containers|skills|videos|edits|admin|contentProvenanceChecks)$/;
const notACall = /^(?:bind|call|apply|then|catch|finally|toString|mock\w*|calls|_\w+)$/;

/** Whether a path in a client ends at a method that calls an endpoint. */
export function isEndpoint(name: string, path: readonly string[]): boolean {
  const last = path.at(-1);
  if (last === undefined || notACall.test(last)) return false;
  if (name === 'OpenAIApi') return path.length === 1 && /^(?:create|list|retrieve|delete|cancel)[A-Z]/.test(last);
  return path.length >= 2 && resources.test(path[0] ?? '');
}

/** Specifiers that name the SDK itself, the shim, or the SDK under Deno's names. */
export function isSdk(specifier: string): boolean {
  return /^(?:openai|@migrate-llm\/shim|openai\/(?:index|azure|client)(?:\.m?js)?|npm:openai(?:@[^/]+)?|(?:https:\/\/(?:esm\.sh|deno\.land\/x|cdn\.jsdelivr\.net\/npm)|jsr:@openai)\/openai(?:@.*)?)$/.test(
    specifier,
  );
}
