import OpenAI from "@migrate-llm/shim";

// One client for the whole desk. OPENAI_API_KEY (and OPENAI_BASE_URL, if set) come from the environment.
export const openai = new OpenAI({
  timeout: 60_000,
  maxRetries: 2,
});
