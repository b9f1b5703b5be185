import { openai } from "./lib/openai";
import { CHAT_MODEL } from "./models";

export interface Draft {
  text: string;
  finishReason: string | null;
  totalTokens: number;
}

interface Background {
  orderNote: string;
  helpPages: { name: string; text: string }[];
}

/** Drafts the answer to a ticket; `onText` hears it as it is written. */
export async function draftAnswer(
  ticket: string,
  { orderNote, helpPages }: Background,
  onText: (piece: string) => void = () => {},
): Promise<Draft> {
  const stream = await openai.chat.completions.create({
    model: CHAT_MODEL,
    messages: [
      {
        role: "system",
        content: [
          "You answer support tickets for Kettle & Leaf, a small tea shop. Be warm and brief.",
          `From the order system: ${orderNote || "nothing"}`,
          ...helpPages.map((page) => `Help page "${page.name}":\n${page.text}`),
        ].join("\n\n"),
      },
      { role: "user", content: ticket },
    ],
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: 200,
  });

  const draft: Draft = { text: "", finishReason: null, totalTokens: 0 };
  for await (const chunk of stream) {
    const choice = chunk.choices[0];
    const piece = choice?.delta?.content ?? "";
    if (piece) {
      draft.text += piece;
      onText(piece);
    }
    if (choice?.finish_reason) draft.finishReason = choice.finish_reason;
    if (chunk.usage) draft.totalTokens = chunk.usage.total_tokens;
  }
  if (draft.finishReason === "length") draft.text += " […]";
  return draft;
}
