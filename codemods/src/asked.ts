/** What a plan does only when it is asked to. */
export interface Asked {
  /** Raise the major of `openai` where the code is written for an older one, and rewrite the code with it. */
  readonly upgradeSdk?: boolean;
}
