/** Google's Gemini models on Vertex AI. */
import type { NamedLLM } from "../chat/LLM.ts"
import { vertexAI } from "./provider.ts"
import type { VertexAIOptions, VertexAIParameters } from "./VertexOptions.ts"

/** A Gemini model on Vertex AI. */
export interface VertexAILLM<out Model extends string = string> extends NamedLLM<
  "VertexAILLM",
  Model,
  VertexAIParameters
> {}

/**
 * Describes a Gemini model on Vertex AI. Needs the
 * package `@google/genai`.
 *
 * Nothing is read or opened before a run: project and location come from the options, else from
 * `GOOGLE_CLOUD_PROJECT` and `GOOGLE_CLOUD_LOCATION` at that time. Credentials are `accessToken`,
 * else `credentials`, else application default credentials (`gcloud auth application-default
 * login`, or a key file that `GOOGLE_APPLICATION_CREDENTIALS` names). System messages become the
 * system instruction. Several answers to a question are as many requests. Output tokens count
 * thoughts, which are billed, too.
 *
 * Batch jobs read and write files in Cloud Storage, in the folder that `batchFolder` names; they
 * are removed with the job once its answers are kept.
 *
 * Opening checks credentials and the way there, not the model: Google lets no one look up all
 * models that may be asked. Retries, timeouts (seconds) and limits are those of `OpenAILLM`:
 * `maxRetries` 6, `timeout` 120, `maxConcurrency` 64.
 *
 * @example
 *   const gemini = VertexAILLM({ model: "gemini-1.5-pro", project: "my-project", generationKwargs: { temperature: 0.7, maxNewTokens: 512 } })
 *
 * @fails LLMError when opened: PackageMissing, MissingApiKey (credentials or project), Unauthorized, Unreachable; per request: ModelNotFound,
 *   Refused, InvalidRequest, and what keeps failing after the retries
 * @source https://distilabel.argilla.io/latest/components-gallery/llms/vertexaillm/
 */
export const VertexAILLM = <const Model extends string>(
  options: VertexAIOptions<Model>
): VertexAILLM<Model> => vertexAI.describe(options)
