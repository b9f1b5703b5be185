import type { Answer } from '../../answer.ts';
import { quoteText } from '../../json.ts';
import type { Expectation } from '../case.ts';
import type { Observation } from '../observation.ts';
import { textOf } from './body.ts';
import { byChoice, expecting, own } from './expectation.ts';
import { describeAnswer } from './http.ts';
import { promptTokensOf } from './usage.ts';

type Choice = Answer['choices'][number];

/** Text, a refusal or a call: something that an app can show or run. */
function saysSomething({ text, refusal, toolCalls, finishReason }: Choice): boolean {
  // A model that thinks until its limit, is filtered, or calls a function the old way has no text, and says so.
  const mayBeEmpty = ['length', 'content_filter', 'function_call'].includes(finishReason ?? '');
  return text !== '' || refusal !== '' || toolCalls.length > 0 || mayBeEmpty;
}

/** A 200 with an answer in each choice. */
export const isAnswered: Expectation = expecting('it is answered 200, each choice with text or a call', (seen) => {
  if (seen.status !== 200) return describeAnswer(seen);
  const { choices } = seen.answer;
  if (choices.length === 0) return `no choice: ${quoteText(seen.text)}`;
  const empty = choices.find((choice) => !saysSomething(choice));
  return empty === undefined ? undefined : `choice ${empty.index} is empty and ends with ${String(empty.finishReason)}`;
});

/** What the request told the model to say; a model may fail to, so that this is its choice. */
export function says(pattern: RegExp): Expectation {
  return own(
    byChoice(
      expecting(`the text fits ${String(pattern)}`, (seen) =>
        pattern.test(textOf(seen)) ? undefined : quoteText(textOf(seen)),
      ),
    ),
  );
}

/** The same text, however the request is written. */
export function saysTheSame(what: string): Expectation {
  return own({
    says: `the text is the same ${what}`,
    judge: (seen, all) => {
      const texts = all.map(textOf);
      const other = texts.find((text) => text !== textOf(seen));
      return other === undefined
        ? 'held'
        : { choseOtherwise: `${quoteText(other, 60)} and ${quoteText(textOf(seen), 60)}` };
    },
  });
}

/** The last request has more in it than the first, so its prompt must count more: what was left out silently counts nothing. */
export const countsMore: Expectation = own({
  says: 'what was added to the prompt is counted in prompt_tokens',
  judge: (seen, all) => {
    const [less, more] = [all[0], seen].map((one) => promptTokensOf(one as Observation));
    // An answer without usage is another case's.
    if (less === undefined || more === undefined || Number.isNaN(less + more)) return 'held';
    return more > less ? 'held' : { broken: `${more} tokens, and ${less} without it` };
  },
});

/** Judged of an answer with status 200 only; what was refused is another expectation's. */
export function whenServed({ judge, ...rest }: Expectation): Expectation {
  return { ...rest, judge: (seen, all) => (seen.status === 200 ? judge(seen, all) : 'held') };
}
