import { readRecordedAnswer } from '../answer.ts';
import { chooseEntries, type Choice } from './choose.ts';
import type { Traffic } from './traffic.ts';

/** What a run will ask for. */
export interface Estimate {
  readonly requests: number;
  /** By what the same requests and answers took when they were recorded; where that is unknown, a token for four bytes. */
  readonly tokens: number;
}

/** Estimates a run before it asks anything. */
export async function estimateCost(traffic: Traffic, choice: Choice): Promise<Estimate> {
  const own = chooseEntries(traffic.entries, choice).filter(({ repeat }) => repeat === null);
  let tokens = 0;
  for (const entry of own) {
    const exchange = await traffic.read(entry);
    const { usage, text } = readRecordedAnswer(exchange);
    const known = usage?.['total_tokens'];
    tokens +=
      typeof known === 'number'
        ? known
        : Math.ceil((JSON.stringify(exchange.request.body ?? '').length + text.length) / 4);
  }
  return { requests: own.length, tokens };
}
