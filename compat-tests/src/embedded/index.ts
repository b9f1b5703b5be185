export { startEmbedded, type EmbeddedOptions, type EmbeddedServer } from './server.ts';
export { EmbeddedEngineError } from './engine.ts';
export { ensureTinyModel, writeTinyModel, TINY_MODEL_ID, type TinyModelFile } from './tiny-model.ts';
/** The child process of the engine begins here; nobody else calls it. */
export { runEngineChild } from './engine-child.ts';
