import type { WireObject } from '../wire.ts';
import type { Category } from './categories.ts';

/** One turn of what is judged; the last one is. */
export interface Turn {
  readonly role: 'user' | 'assistant';
  readonly text: string;
  /** Parts of type `image_url`. */
  readonly images: readonly WireObject[];
}

/** How the guard model gets its task: by the chat template its server has, or written by the shim into the message. */
export type PromptForm = 'template' | 'written';

/** What the settings say about the task. */
interface Task {
  readonly prompt: PromptForm;
  /** A policy of the user's own, for models that follow one. */
  readonly policy: string | undefined;
}

/** One request to a guard model: fields of a chat request, and what it asks about. */
export interface Question {
  readonly about: string;
  readonly body: WireObject;
}

/** What a guard model's answer says. */
export interface Reading {
  readonly unsafe: boolean;
  /** As the model wrote them; known ones in the model's own spelling. */
  readonly codes: readonly string[];
  /** Codes among them that the model's taxonomy does not have. */
  readonly unknown: readonly string[];
  /** OpenAI's categories they stand for. */
  readonly found: readonly Category[];
  /** Unsafe by nothing but categories that OpenAI's moderation does not have. */
  readonly outside: boolean;
  /** From 0 to 1, of the categories this answer says something about. */
  readonly scores: { readonly [C in Category]?: number };
  /** The scores are probabilities; else 0 or 1. */
  readonly graded: boolean;
}

/** A family of guard models: how it is asked and how its answers are read. */
export interface GuardModel {
  readonly id: string;
  /** Fits the names that hosts and engines give it. */
  readonly names: RegExp;
  /** How many images it takes. */
  readonly images: 'none' | 'one' | 'several';
  /** OpenAI's categories it can find. */
  readonly tells: readonly Category[];
  /** Forms of the task that are known. */
  readonly prompts: readonly PromptForm[];
  readonly ask: (turns: readonly Turn[], task: Task) => readonly Question[];
  /** Reads an answer; a text when it is no verdict, which says what is wrong with it. */
  readonly read: (text: string, logprobs: unknown, question: Question) => Reading | string;
}

/** Takes off what servers leave of a model's own marks around its answer: special tokens, a role's name, thinking, a fence. */
export function cleanAnswer(text: string): string {
  return text
    .replace(/^[\s\S]*<\/think>/, '')
    .replace(/<\|[^|<>]*\|>/g, '\n')
    .replace(/^\s*assistant\s*\n/, '')
    .replace(/^\s*```[a-z]*\n?|```\s*$/g, '')
    .trim();
}
