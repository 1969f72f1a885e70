/** Models, for documents. Secrets may come in a document and are never written. */
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import {
  address,
  as,
  keywords,
  model,
  models as several,
  own,
  plain,
  reference,
  secret
} from "../document/classes/fields.ts"
import { pythonModule } from "../document/classes/pythonClasses.ts"
import type { Field, ModelClass } from "../document/classes/Registry.ts"
import { ownModule } from "../document/tree/DocumentSchema.ts"
import { isRecord } from "../document/tree/Tree.ts"
import { defaultMaxRetries, defaultTimeout } from "../models/asking/Tries.ts"
import { type AnswerFormat, rareFormat } from "../models/chat/formats.ts"
import type { ModelDocument, ModelField, SharedKey } from "../models/provider/ModelDocument.ts"
import { type ModelKind, modelKinds } from "../models/providers.ts"
import { detailOf } from "../step/StepFailed.ts"
import {
  formatOf,
  plainFormat,
  structuredOutput,
  structuredOutputName
} from "./structuredOutput.ts"

const positive = Schema.Finite.check(Schema.isGreaterThan(0))
const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

/** The field, if there is anything in it. */
const unlessNone = (field: Field): Field => ({
  ...field,
  write: (value, at) => {
    const written = field.write(value, at)
    return isRecord(written) && Object.keys(written).length === 0 ? undefined : written
  }
})

/** Keyword arguments: those that Python's class takes, and where it does not look the others. */
const kwargs = (
  { ignoredKwargs, kwargs, pythonKwargs }: ModelDocument,
  isOurs: boolean
): ReadonlyArray<Field> =>
  isOurs
    ? [keywords("generation_kwargs", kwargs, () => true)]
    : [
        keywords("generation_kwargs", kwargs, (name) => pythonKwargs.includes(name), ignoredKwargs),
        own(
          unlessNone(keywords("generation_kwargs", kwargs, (name) => !pythonKwargs.includes(name)))
        )
      ]

/** Headers. Whoever writes the document looks for secrets in it. */
const headers = (key: string): Field => ({
  ...plain(key, Schema.Record(Schema.String, Schema.Unknown)),
  write: (value) =>
    Object.fromEntries(
      Object.entries(value as Readonly<Record<string, unknown>>).map(([name, text]) => [
        name,
        Redacted.isRedacted(text) ? (Redacted.value(text) as string) : String(text)
      ])
    )
})

const fieldOf = ({ holds, key, option, python }: ModelField, isOurs: boolean): Field => {
  const field = holding(key, holds)
  const named = option === undefined ? field : as(option, field)
  return python || isOurs ? named : own(named)
}

const holding = (key: string, holds: ModelField["holds"]): Field => {
  if (holds === "address") return address(key)
  if (holds === "secret") return secret(key)
  if (holds === "headers") return headers(key)
  if (holds === "model") return model(key)
  if (holds === "models") return several(key)
  if ("functionOr" in holds)
    return reference(key, holds.functionOr === undefined ? undefined : plain(key, holds.functionOr))
  return plain(key, holds)
}

/** Options of every provider's models that Python's do not have. */
const ownLimits = [
  "row_timeout",
  "give_up_after",
  "requests_per_minute",
  "tokens_per_minute",
  "requests_per_day",
  "tokens_per_day"
].map((key) => plain(key, positive))

/** How a server is asked, where Python's models know one way only. */
const ownWays = ["stream", "preflight"] as const

const shared = {
  max_retries: [plain("max_retries", Count)],
  timeout: [plain("timeout", positive)],
  max_concurrency: [plain("max_concurrency", Count)],
  structured_output: [structuredOutput, structuredOutputName]
} satisfies Readonly<Record<SharedKey, ReadonlyArray<Field>>>

/** What all of Python's models say of batch files, by which they may be asked; here a task says so. */
const offlineBatches = {
  use_offline_batch_generation: [false],
  offline_batch_generation_block_until_done: [null],
  jobs_ids: [null]
}

/** A model's class, made of how documents spell it. */
const classOf = ({ describe, document, type }: ModelKind): ModelClass => {
  const name = document.pythonName ?? type
  const module = pythonModule(name) ?? ownModule
  const isOurs = module === ownModule
  const { fields, lacks = [], pythonNames, pythonShares } = document
  const ignores = { ...(isOurs ? {} : offlineBatches), ...document.ignores }
  const sharedFields = (key: SharedKey): ReadonlyArray<Field> => {
    if (key === "structured_output" && lacks.includes(key)) return []
    if (!isOurs && !pythonShares.includes(key))
      return key === "structured_output" ? [own(plainFormat)] : shared[key].map(own)
    const pythonKey = pythonNames?.[key]
    return pythonKey === undefined
      ? shared[key]
      : shared[key].map((field) => as(field.option, { ...field, key: pythonKey }))
  }
  const ours = (field: Field): Field => (isOurs ? field : own(field))
  const ownFields = fields.map((field) => fieldOf(field, isOurs))
  if (document.isCombined === true)
    return {
      type,
      name,
      module,
      fields: ownFields,
      ignores,
      needs: document.needs ?? [],
      defaults: {},
      make: (options) => describe(options as never)
    }
  return {
    type,
    name,
    module,
    fields: [
      ...kwargs(document, isOurs),
      as(document.modelOption ?? "model", plain(document.modelKey ?? "model", Schema.String)),
      ...ownFields,
      ...(["max_retries", "timeout", "max_concurrency", "structured_output"] as const).flatMap(
        sharedFields
      ),
      ...ownLimits.map(ours),
      ...ownWays
        .filter((key) => !lacks.includes(key))
        .map((key) => ours(plain(key, Schema.Boolean)))
    ],
    ignores,
    needs: document.needs ?? [document.modelKey ?? "model"],
    defaults: { maxRetries: defaultMaxRetries, timeout: defaultTimeout },
    make: ({ structuredOutput: given, ...options }, at) => {
      const format = formatOf(given)
      const made = (structuredOutput?: AnswerFormat) =>
        describe({
          ...options,
          ...(structuredOutput === undefined ? {} : { structuredOutput })
        } as never)
      if (rareFormat(format) === undefined) return made(format)
      try {
        return made(format)
      } catch (thrown) {
        // Python's class takes it and does nothing with it.
        at.in("structured_output").warn(`${detailOf(thrown)} It is passed over.`)
        return made()
      }
    }
  }
}

export const models: ReadonlyArray<ModelClass> = modelKinds.map(classOf)
