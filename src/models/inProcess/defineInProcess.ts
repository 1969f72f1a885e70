/**
 * Models that run in this process, by a package that a project may do without: loaded when they are
 * opened, released with the last step that asks them.
 */
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import { PackageMissing } from "../../runtime/PackageMissing.ts"
import { diagnosed } from "../asking/Diagnosis.ts"
import { gateTo } from "../asking/Gate.ts"
import { describe, type DescribedOptions } from "../asking/modelOptions.ts"
import { errorAt, type Place } from "../asking/Place.ts"
import { makeClient } from "../asking/ProviderClient.ts"
import type { GenerateOutput, GenerateRequest, LLM } from "../chat/LLM.ts"
import type { ModelDocument } from "../provider/ModelDocument.ts"

/** A model that is loaded. */
export interface Loaded {
  readonly ask: (request: GenerateRequest, signal: AbortSignal) => Promise<GenerateOutput>
  readonly release: () => Promise<void>
}

interface InProcess<Options extends DescribedOptions> {
  readonly type: string
  readonly about: string
  readonly providerId: string
  readonly parameters: Schema.Top
  /** Options that it takes besides those that every model takes, and the parameters. */
  readonly options: ReadonlyArray<string>
  readonly document: ModelDocument
  /** Imports the package and loads the model. */
  readonly load: (options: Options) => Promise<Loaded>
}

/** A kind of model that runs in this process. One question at a time is answered, unless said. */
export const defineInProcess = <Options extends DescribedOptions>({
  about,
  document,
  load,
  options: own,
  parameters,
  providerId,
  type
}: InProcess<Options>) => {
  const open = Effect.fnUntraced(function* (options: Options) {
    const place: Place = {
      llm: type,
      providerId,
      model: options.model,
      baseUrl: undefined,
      source: `in-process:${type}`,
      urlOption: "model",
      urlFrom: "option model",
      giveKey: "there is none",
      secrets: []
    }
    const loaded = yield* Effect.acquireRelease(
      Effect.tryPromise({
        try: () => load(options),
        catch: (thrown) =>
          errorAt(
            place,
            thrown instanceof PackageMissing
              ? { reason: "PackageMissing", detail: `it ${thrown.predicate}` }
              : {
                  reason: "ModelNotFound",
                  detail: `it cannot be loaded: ${thrown instanceof Error ? thrown.message : String(thrown)}`
                },
            { attempts: 0 }
          )
      }),
      (model) => Effect.promise(() => model.release())
    )
    const gate = yield* gateTo(place, { ...options, maxConcurrency: options.maxConcurrency ?? 1 })
    return yield* makeClient({
      ...options,
      place,
      gate,
      ask: (request) => diagnosed((signal) => loaded.ask(request, signal))
    })
  })
  return {
    type,
    about,
    document,
    describe: <Described extends LLM>(options: Options): Described =>
      describe<Described, Options>(
        {
          type,
          requests: "chat",
          parameters,
          options: own,
          isFree: true,
          rareFormats: () => ({ taken: [], fix: "Give a JSON schema: { name, schema }." }),
          conceal: (given) => given,
          address: () => `in-process:${type}`,
          open
        },
        options
      )
  }
}
