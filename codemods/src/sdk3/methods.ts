/** A method of SDK 3 and where it went. */
export interface Moved {
  /** Path from the client of SDK 4 and later. */
  readonly to: string;
  /**
   * Names of the positional arguments that became keys of one object; absent where the arguments stay as they are.
   * The request options came after them, and come after the object now.
   */
  readonly keys?: readonly string[];
  /** How many arguments come before the request options where they stay as they are. */
  readonly leading: number;
}

/** Methods of SDK 3 by name; one that is missing here is gone. Source: openai@3.3.0 api.ts and openai@6.49.0 resources; checked 2026-11-25. */
export const movedMethods: Readonly<Record<string, Moved>> = {
  createChatCompletion: { to: 'chat.completions.create', leading: 1 },
  createCompletion: { to: 'completions.create', leading: 1 },
  createEmbedding: { to: 'embeddings.create', leading: 1 },
  createModeration: { to: 'moderations.create', leading: 1 },
  createImage: { to: 'images.generate', leading: 1 },
  createImageEdit: {
    to: 'images.edit',
    keys: ['image', 'prompt', 'mask', 'n', 'size', 'response_format', 'user'],
    leading: 1,
  },
  createImageVariation: {
    to: 'images.createVariation',
    keys: ['image', 'n', 'size', 'response_format', 'user'],
    leading: 1,
  },
  createTranscription: {
    to: 'audio.transcriptions.create',
    keys: ['file', 'model', 'prompt', 'response_format', 'temperature', 'language'],
    leading: 1,
  },
  createTranslation: {
    to: 'audio.translations.create',
    keys: ['file', 'model', 'prompt', 'response_format', 'temperature'],
    leading: 1,
  },
  createFile: { to: 'files.create', keys: ['file', 'purpose'], leading: 1 },
  listFiles: { to: 'files.list', leading: 0 },
  retrieveFile: { to: 'files.retrieve', leading: 1 },
  deleteFile: { to: 'files.delete', leading: 1 },
  listModels: { to: 'models.list', leading: 0 },
  retrieveModel: { to: 'models.retrieve', leading: 1 },
  deleteModel: { to: 'models.delete', leading: 1 },
};

/** Types of SDK 3 as members of the `OpenAI` namespace of SDK 6. Source: openai@3.3.0 api.ts and openai@6.49.0 client.d.ts; checked 2026-11-25. */
export const movedTypes: Readonly<Record<string, string>> = {
  ChatCompletionRequestMessage: 'OpenAI.Chat.ChatCompletionMessageParam',
  ChatCompletionResponseMessage: 'OpenAI.Chat.ChatCompletionMessage',
  ChatCompletionFunctions: 'OpenAI.Chat.ChatCompletionCreateParams.Function',
  CreateChatCompletionRequest: 'OpenAI.Chat.ChatCompletionCreateParamsNonStreaming',
  CreateChatCompletionResponse: 'OpenAI.Chat.ChatCompletion',
  CreateChatCompletionResponseChoicesInner: 'OpenAI.Chat.ChatCompletion.Choice',
  CreateCompletionRequest: 'OpenAI.CompletionCreateParamsNonStreaming',
  CreateCompletionResponse: 'OpenAI.Completion',
  CreateCompletionResponseUsage: 'OpenAI.CompletionUsage',
  CreateEmbeddingRequest: 'OpenAI.EmbeddingCreateParams',
  CreateEmbeddingResponse: 'OpenAI.CreateEmbeddingResponse',
  CreateModerationRequest: 'OpenAI.ModerationCreateParams',
  CreateModerationResponse: 'OpenAI.ModerationCreateResponse',
  CreateImageRequest: 'OpenAI.ImageGenerateParamsNonStreaming',
  ImagesResponse: 'OpenAI.ImagesResponse',
  Model: 'OpenAI.Model',
  OpenAIFile: 'OpenAI.FileObject',
};

/** Enums of SDK 3 and the texts they stood for. Source: openai@3.3.0 api.ts; checked 2026-11-25. */
export const movedEnums: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ChatCompletionRequestMessageRoleEnum: {
    System: 'system',
    User: 'user',
    Assistant: 'assistant',
    Function: 'function',
  },
  ChatCompletionResponseMessageRoleEnum: {
    System: 'system',
    User: 'user',
    Assistant: 'assistant',
    Function: 'function',
  },
  CreateImageRequestSizeEnum: { _256x256: '256x256', _512x512: '512x512', _1024x1024: '1024x1024' },
  CreateImageRequestResponseFormatEnum: { Url: 'url', B64Json: 'b64_json' },
};

/** Types of enums, which became plain texts: `ChatCompletionRequestMessageRoleEnum` as a type. */
export function enumType(name: string, quote: string): string | undefined {
  const values = movedEnums[name];
  return values === undefined
    ? undefined
    : Object.values(values)
        .map((value) => `${quote}${value}${quote}`)
        .join(' | ');
}
