import type { Choice } from '../answer.ts';
import { type Check, type Comparison, passCheck } from '../check.ts';
import { quoteText } from '../json.ts';
import { nameLanguage } from './language.ts';
import { readAnswerSchema } from './values.ts';

/** Markup of prompt templates that reaches the app as text when an engine does not read it. */
const markup = /<\|?(?:tool_call|python_tag|im_start|im_end|eot_id|start_header_id|channel|think)\|?>/;

/** What can be said of text without reading it: that there is some, in which language, and how long. */
export const compareText: Comparison = ({ request, recorded, candidate }) => {
  if (readAnswerSchema(request) !== undefined) return [];
  return recorded.choices.flatMap((before): Check[] => {
    const after = candidate.choices.find(({ index }) => index === before.index);
    if (after === undefined || before.text.trim() === '' || before.toolCalls.length > 0 || after.toolCalls.length > 0)
      return [];
    const content = compareContent(before, after);
    if (content.verdict === 'FAIL') return [content];
    return [content, ...compareLanguage(before, after), compareLength(before, after)];
  });
};

function compareContent(before: Choice, after: Choice): Check {
  const leaked = before.text.match(markup) === null ? markup.exec(after.text) : null;
  if (leaked === null && (after.text.trim() !== '' || after.refusal !== '')) return passCheck('content', 'text');
  return {
    check: 'content',
    verdict: 'FAIL',
    expected: quoteText(before.text, 80),
    got: leaked === null ? 'nothing' : `template markup ${leaked[0]} in the text: ${quoteText(after.text, 80)}`,
    why: 'the app shows this to somebody, or reads it',
    fix:
      leaked === null
        ? 'see max_tokens, which reasoning may use up, and the stop sequences'
        : "see that the engine uses the model's own chat template, and its parsers for tools and reasoning",
  };
}

function compareLanguage(before: Choice, after: Choice): Check[] {
  const [expected, got] = [nameLanguage(before.text), nameLanguage(after.text)];
  if (expected === undefined || got === undefined) return [];
  if (expected === got) return [passCheck('language', expected)];
  return [
    {
      check: 'language',
      verdict: 'DIFFERENT',
      expected,
      got: `${got}: ${quoteText(after.text, 80)}`,
      why: 'the reader does not expect this language',
      fix: 'name the language in the instructions, or choose a model that keeps to it',
    },
  ];
}

/** An answer three times as long or as short is another kind of answer. Source: gpt-4o's own repeats differ by a mean factor of 1.2 (831 recorded pairs), checked 2026-11-23 */
function compareLength(before: Choice, after: Choice): Check {
  const [expected, got] = [before.text.trim().length, after.text.trim().length];
  const ratio = got / expected;
  if (ratio >= 1 / 3 && ratio <= 3) return passCheck('length', `${expected} characters`, `${got} characters`);
  return {
    check: 'length',
    verdict: 'DIFFERENT',
    expected: `${expected} characters`,
    got: `${got} characters`,
    why: ratio < 1 ? 'something may be missing' : 'it costs more and may not fit where it is shown',
    fix: 'say how long an answer shall be, or add a task check',
  };
}
