import { zodResponseFormat } from "openai/helpers/zod";
import { z } from "zod";
import { openai } from "./lib/openai";
import { TRIAGE_MODEL } from "./models";

export const Triage = z.object({
  category: z.enum(["delivery", "damage", "returns", "product", "other"]),
  urgency: z.enum(["low", "normal", "high"]),
  order_id: z.string().nullable(),
  summary: z.string(),
});
export type Triage = z.infer<typeof Triage>;

export async function triage(ticket: string): Promise<Triage> {
  const completion = await openai.chat.completions.parse({
    model: TRIAGE_MODEL,
    messages: [
      { role: "system", content: "Sort this support ticket of an online tea shop." },
      { role: "user", content: ticket },
    ],
    response_format: zodResponseFormat(Triage, "triage"),
    temperature: 0,
  });

  const message = completion.choices[0]?.message;
  if (message?.refusal) throw new Error(`Triage refused: ${message.refusal}`);
  if (!message?.parsed) throw new Error("Triage came back empty");
  return message.parsed;
}
