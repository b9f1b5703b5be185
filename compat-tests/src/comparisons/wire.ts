import { type Comparison, passCheck } from '../check.ts';
import { findWireProblems } from '../wire-shape.ts';

/** The rule behind a problem, whichever choice or item broke it. */
const nameRule = (problem: string): string => problem.replaceAll(/\d+/g, 'N');

/** The shape of an answer, held against OpenAI's published schema and the rules of its streams; what the recorded answer breaks itself is excused. */
export const compareWire: Comparison = ({ exchange: { request }, request: body, recorded, candidate }) => {
  const expected = body['stream'] === true ? "the shape of OpenAI's stream" : "the shape of OpenAI's answer";
  const excused = new Set(findWireProblems(request.path, body, recorded).map(nameRule));
  const problems = findWireProblems(request.path, body, candidate).filter((problem) => !excused.has(nameRule(problem)));
  if (problems.length === 0) return [passCheck('wire-shape', expected)];
  return [
    {
      check: 'wire-shape',
      verdict: 'FAIL',
      expected,
      got: problems.slice(0, 4).join('; ') + (problems.length > 4 ? `; and ${problems.length - 4} more` : ''),
      why: 'OpenAI SDKs and the code behind them rely on this shape: they throw on it, or lose part of the answer in silence',
      fix: 'put the shim before the endpoint; if it is there already, report the endpoint with this exchange',
    },
  ];
};
