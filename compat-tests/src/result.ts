import type { Provenance } from '@migrate-llm/shim/exchange';
import type { Note } from '@migrate-llm/shim/fetch';
import type { Check } from './check.ts';
import type { SideMeasure } from './measures/measure.ts';

/** Why an exchange could not be compared. Those that keep the verdict `open` must be settled first; the others are only counted. */
export interface Obstacle {
  readonly reason: string;
  readonly fix: string;
  readonly open: boolean;
}

/** What became of one exchange: the candidate's answer, or the old model's own to the same request, held against the recorded one. */
export interface ExchangeResult {
  readonly id: string;
  /** Which asking of the old model it is; `null` for the candidate's answer. */
  readonly repeat: number | null;
  /** Tag of the call site; the request line when the recording has none. */
  readonly callSite: string;
  /** Method and path, e.g. `POST /chat/completions (stream)`. */
  readonly request: string;
  /** What exchanges of one conversation share; they count as one prompt. */
  readonly prompt: string;
  readonly provenance: Provenance;
  /** Whether the recorded answer is an error. */
  readonly isError: boolean;
  /** Whether the recorded answer holds free text, which no comparison of structure can judge. */
  readonly isFreeText: boolean;
  readonly checks: readonly Check[];
  /** Why it could not be compared; `null` when it was. */
  readonly obstacle: Obstacle | null;
  /** What the shim changed on the way. */
  readonly notes: readonly Note[];
  readonly durationMs: number;
  /** What both sides took; `null` where the candidate gave no answer, and for repeats. */
  readonly measures: { readonly old: SideMeasure; readonly candidate: SideMeasure } | null;
  /** What was asked last and what both sides said, cut to a length that reads; `null` for repeats. */
  readonly said: { readonly asked: string; readonly old: string; readonly candidate: string } | null;
}
