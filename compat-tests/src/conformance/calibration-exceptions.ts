/** Where OpenAI's own recorded answers leave a case, and why the case stands all the same. */
export interface CalibrationException {
  readonly case: string;
  /** How many recorded answers leave it; another number fails the calibration. */
  readonly exchanges: number;
  readonly reason: string;
}

/** Exceptions of the profile `openai-observed`. Source: recorded traffic, checked 2026-11-25 (calibration.corpus.test.ts) */
export const calibrationExceptions: readonly CalibrationException[] = [
  {
    case: 'CHAT-03',
    exchanges: 4,
    reason: 'gpt-4-vision-preview answers as gpt-4-1106-vision-preview; the case is info and only records',
  },
  {
    case: 'STOP-02',
    exchanges: 2,
    reason: 'o1-mini refuses stop (400 unsupported_parameter), as reasoning models do; models that take it take a list',
  },
  {
    case: 'TOOL-01',
    exchanges: 1,
    reason: 'gpt-audio ends a tool call with "stop"; all text models end it with "tool_calls"',
  },
  {
    case: 'JSON-11',
    exchanges: 2,
    reason: 'gpt-4o wrote its object twice in one text, for one prompt of one app; clients fail to parse it there too',
  },
  {
    case: 'RSP-12',
    exchanges: 5,
    reason: 'gpt-4o wrote its object twice in one text, for one prompt of one app; clients fail to parse it there too',
  },
];
