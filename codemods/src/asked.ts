/** What a plan does only when it is asked to. */
export interface Asked {
  /** Raise the major of `openai` where the code is written for an older one, and rewrite the code with it. */
  readonly upgradeSdk?: boolean;
  /** OpenAI's model names and what to write instead, or `config` for the `models` of migrate-llm.config.json. */
  readonly rewriteModels?: Readonly<Record<string, string>> | 'config';
  /** Mark the places that are left to a person with a comment. */
  readonly marks?: boolean;
}
