import OpenAI, { APIError } from "@migrate-llm/shim";

/** What the person at the desk reads when a call fails. */
export function explainFailure(error: unknown): string {
  if (error instanceof OpenAI.AuthenticationError) {
    return "The AI service does not accept our key. Check OPENAI_API_KEY.";
  }
  if (error instanceof OpenAI.RateLimitError) {
    return error.code === "insufficient_quota"
      ? "The AI budget of this month is used up. Answer by hand."
      : "The AI service is busy. Try again in a minute.";
  }
  if (error instanceof OpenAI.NotFoundError && error.code === "model_not_found") {
    return "The AI model is gone. Check src/models.ts.";
  }
  if (error instanceof OpenAI.BadRequestError) {
    return error.code === "context_length_exceeded"
      ? "The ticket is too long for the AI model. Shorten it."
      : `The AI service rejected the request: ${error.message}`;
  }
  if (error instanceof OpenAI.APIConnectionError) {
    return "The AI service cannot be reached. Check the network.";
  }
  if (error instanceof APIError) {
    return `The AI service failed (${error.status ?? "no status"}). Answer by hand.`;
  }
  return `Something else went wrong: ${error instanceof Error ? error.message : String(error)}`;
}
