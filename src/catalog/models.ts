/** Models, for documents. Secrets may come in a document and are never written. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { address, as, keywords, own, plain, reference, secret } from "../document/classes/fields.ts"
import type { DescribedModel, Field, ModelClass } from "../document/classes/Registry.ts"
import { isRecord, type TreeRecord } from "../document/tree/Tree.ts"
import { defaultMaxConcurrency } from "../models/asking/Gate.ts"
import type { LLM } from "../models/chat/LLM.ts"
import { LLMError } from "../models/chat/LLMError.ts"
import { MistralLLM } from "../models/mistral/MistralLLM.ts"
import { MistralGenerationKwargs } from "../models/mistral/MistralOptions.ts"
import { OpenAILLM } from "../models/openai/OpenAILLM.ts"
import { OpenAIGenerationKwargs } from "../models/openai/OpenAIOptions.ts"
import { ScriptedLLM, ScriptedParameters } from "../models/scripted/ScriptedLLM.ts"
import { VertexAILLM } from "../models/vertex/VertexAILLM.ts"
import { VertexAIGenerationKwargs } from "../models/vertex/VertexOptions.ts"
import { modelClass } from "./stepClass.ts"
import { formatOf, structuredOutput, structuredOutputName } from "./structuredOutput.ts"

const positive = Schema.Finite.check(Schema.isGreaterThan(0))
const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

type Kwargs = Schema.Constraint & { readonly fields: Readonly<Record<string, Schema.Constraint>> }

/** The field, if there is anything in it. */
const unlessNone = (field: Field): Field => ({
  ...field,
  write: (value, at) => {
    const written = field.write(value, at)
    return isRecord(written) && Object.keys(written).length === 0 ? undefined : written
  }
})

/**
 * Keyword arguments that Python's class takes, and where it does not look those that it would
 * refuse.
 */
const kwargs = (
  schema: Kwargs,
  pythons: ReadonlyArray<string>,
  ignored: ReadonlyArray<string> = []
): ReadonlyArray<Field> => [
  keywords("generation_kwargs", schema, (name) => pythons.includes(name), ignored),
  own(unlessNone(keywords("generation_kwargs", schema, (name) => !pythons.includes(name))))
]

const modelName = plain("model", Schema.String)
const maxRetries = plain("max_retries", Count)
const timeout = plain("timeout", positive)
const maxConcurrency = plain("max_concurrency", Count)

/** Options of every provider's models that Python's do not have. */
const ownLimits = ["row_timeout", "give_up_after", "requests_per_minute", "tokens_per_minute"].map(
  (key) => own(plain(key, positive))
)

/** How a server is asked, where Python's models know one way only. */
const ownWays = ["stream", "preflight"].map((key) => own(plain(key, Schema.Boolean)))

/** Answers come by batch files in Python only; here they are asked for at once. */
const offline = {
  use_offline_batch_generation: [false],
  offline_batch_generation_block_until_done: [null],
  jobs_ids: [null]
}

/** Headers. Whoever writes the document looks for secrets in it. */
const headers: Field = {
  ...plain("default_headers", Schema.Record(Schema.String, Schema.Unknown)),
  write: (value) =>
    Object.fromEntries(
      Object.entries(value as Readonly<Record<string, unknown>>).map(([name, text]) => [
        name,
        Redacted.isRedacted(text) ? (Redacted.value(text) as string) : String(text)
      ])
    )
}

const withFormat =
  (make: (options: never) => unknown) =>
  ({ structuredOutput: given, ...options }: Readonly<Record<string, unknown>>): unknown => {
    const format = formatOf(given)
    return make({
      ...options,
      ...(format === undefined ? {} : { structuredOutput: format })
    } as never)
  }

const openAIs = [
  "max_new_tokens",
  "logprobs",
  "top_logprobs",
  "frequency_penalty",
  "presence_penalty",
  "temperature",
  "top_p",
  "stop",
  "response_format",
  "extra_body"
]

export const models: ReadonlyArray<ModelClass> = [
  modelClass(
    "OpenAILLM",
    withFormat(OpenAILLM),
    [
      ...kwargs(OpenAIGenerationKwargs, openAIs, ["echo"]),
      modelName,
      address("base_url"),
      secret("api_key"),
      headers,
      maxRetries,
      timeout,
      structuredOutput,
      structuredOutputName,
      ...ownLimits,
      ...ownWays,
      own(plain("max_tokens_field", Schema.Literals(["max_tokens", "max_completion_tokens"]))),
      own(maxConcurrency)
    ],
    { ignores: offline }
  ),
  modelClass(
    "MistralLLM",
    withFormat(MistralLLM),
    [
      ...kwargs(MistralGenerationKwargs, ["max_new_tokens", "temperature", "top_p"]),
      modelName,
      address("endpoint"),
      secret("api_key"),
      maxRetries,
      timeout,
      as("maxConcurrency", plain("max_concurrent_requests", Count)),
      structuredOutput,
      structuredOutputName,
      ...ownLimits,
      ...ownWays
    ],
    { ignores: offline }
  ),
  modelClass(
    "VertexAILLM",
    withFormat(VertexAILLM),
    [
      ...kwargs(VertexAIGenerationKwargs, [
        "temperature",
        "top_p",
        "top_k",
        "max_output_tokens",
        "stop_sequences",
        "safety_settings",
        "tools"
      ]),
      modelName,
      own(plain("project", Schema.String)),
      own(plain("location", Schema.String)),
      own(plain("base_url", Schema.String)),
      secret("access_token"),
      own(maxRetries),
      own(timeout),
      own(
        plain(
          "structured_output",
          Schema.Struct({
            name: Schema.String,
            schema: Schema.Record(Schema.String, Schema.Unknown)
          })
        )
      ),
      ...ownLimits,
      ...ownWays,
      own(maxConcurrency)
    ],
    { ignores: offline }
  ),
  modelClass(
    "ScriptedLLM",
    withFormat(ScriptedLLM),
    [
      keywords(
        "generation_kwargs",
        Schema.Struct({ ...ScriptedParameters.fields.generationKwargs.schema.fields }),
        () => true
      ),
      modelName,
      reference(
        "answers",
        plain("answers", Schema.Union([Schema.String, Schema.Array(Schema.NullOr(Schema.String))]))
      ),
      plain("in_order", Schema.Boolean),
      plain("seed", Schema.Finite),
      plain("latency_ms", Schema.Finite),
      reference("failures"),
      maxRetries,
      timeout,
      maxConcurrency,
      ...ownLimits
    ],
    { needs: ["answers"] }
  )
]

/**
 * A model in place of one whose class is not here: what a document tells of it can be seen, and
 * asking it fails.
 */
export const standIn = ({
  fields,
  type
}: {
  readonly type: string
  readonly fields: TreeRecord
}): LLM => {
  const named = [
    fields["model"],
    fields["model_id"],
    fields["endpoint_name"],
    fields["path_or_hf_repo"]
  ].find((name) => typeof name === "string")
  const model = named ?? type
  const described: Omit<LLM, "~parameters"> = {
    type,
    model,
    maxConcurrency: defaultMaxConcurrency,
    parameters: Schema.Record(Schema.String, Schema.Unknown),
    options: { model },
    generationKwargs: isRecord(fields["generation_kwargs"]) ? fields["generation_kwargs"] : {},
    endpoint: {},
    configure: () => described as LLM,
    address: () => undefined,
    open: Effect.suspend(() =>
      Effect.fail(
        new LLMError({
          llm: type,
          model,
          reason: "InvalidRequest",
          attempts: 0,
          detail: "its class is not here",
          fix: `Give it where the document is loaded: { bind: { ${type}: (options) => OpenAILLM({ … }) } }`,
          fatal: true
        })
      )
    )
  }
  return described as LLM
}

/** Whether a value is a model. */
export const isModel = (value: unknown): value is LLM & DescribedModel =>
  typeof value === "object" &&
  value !== null &&
  "generationKwargs" in value &&
  "configure" in value &&
  "endpoint" in value
