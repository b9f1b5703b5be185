/** gpt-4o-mini is plenty for drafting; triage got noticeably better with the full model. */
export const CHAT_MODEL = "gpt-4o-mini";
export const TRIAGE_MODEL = "gpt-4o-2024-08-06";
export const EMBEDDING_MODEL = "text-embedding-3-small";
