import { type Fault, rewriteChoices } from './fault.ts';

/** The engine drops its tool call and chats instead, as one without a tool template does. */
export const lostToolCall: Fault = {
  id: 'lost-tool-call',
  summary: 'answers with text where a tool was called',
  apply: (_request, answer) =>
    rewriteChoices(answer, (choice) =>
      choice.toolCalls.length === 0
        ? choice
        : { ...choice, text: 'Let me look into that for you.', toolCalls: [], finishReason: 'stop' },
    ),
};
