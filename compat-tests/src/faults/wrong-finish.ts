import { type Fault, rewriteChoices } from './fault.ts';

/** Whole answers are reported as cut off; nothing in them gives it away. */
export const wrongFinish: Fault = {
  id: 'wrong-finish',
  summary: 'reports finish_reason length for answers that came to their end',
  apply: (_request, answer) =>
    rewriteChoices(answer, (choice) =>
      choice.finishReason === 'length' ? choice : { ...choice, finishReason: 'length' },
    ),
};
