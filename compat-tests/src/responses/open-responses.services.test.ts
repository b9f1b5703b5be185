import { afterAll, beforeAll, describe } from 'vitest';
import { type LiveEngine, startEngine } from './live.test-engine.ts';
import { openDesk, runScenarios } from './open-responses.test-scenarios.ts';

// The same scenarios on real engines: every stream is held to the rules of OpenAI's own.

describe.each([
  ['llama-server', 'llama.cpp', 'local'],
  ['ollama', 'ollama', 'local-tools'],
] as const)('Open Responses over a live %s', (name, dialect, model) => {
  let engine: LiveEngine;
  beforeAll(async () => {
    engine = await startEngine(name, model);
  }, 900_000);
  afterAll(() => engine.stop());
  runScenarios((more) => openDesk({ dialect, baseURL: engine.baseURL }, model, more));
});
