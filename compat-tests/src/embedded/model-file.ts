import { EmbeddedEngineError } from './engine.ts';
import { inspectGguf } from './gguf.ts';

/** Above this a model is slow in one thread without AVX, which is what the embedded engine has. Bytes. */
const LARGEST_MODEL_BYTES = 2 * 1024 ** 3;

/**
 * Looks at a model file before an engine gets it.
 * @throws {EmbeddedEngineError} it is missing, not a GGUF, or a model for a bigger engine.
 */
export async function checkModelFile(path: string): Promise<void> {
  let found: Awaited<ReturnType<typeof inspectGguf>>;
  try {
    found = await inspectGguf(path);
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new EmbeddedEngineError(
      `The model file ${path} cannot be read (${why}). Give the path of a GGUF file, or leave the model out to use the built-in tiny one.`,
    );
  }
  if (!found.ok) {
    throw new EmbeddedEngineError(
      `${path} is not a GGUF model: ${found.why}. Give a complete .gguf file, or leave the model out to use the built-in tiny one.`,
    );
  }
  if (found.bytes > LARGEST_MODEL_BYTES) {
    const size = (found.bytes / 1024 ** 3).toFixed(1);
    throw new EmbeddedEngineError(
      `${path} has ${size} GB; the embedded engine is for models up to ${LARGEST_MODEL_BYTES / 1024 ** 3} GB. ` +
        `Serve it with llama-server (\`llama-server -m ${path} --port 8080\`), Ollama or vLLM, and set MIGRATE_LLM_BASE_URL=http://127.0.0.1:8080/v1.`,
    );
  }
}
