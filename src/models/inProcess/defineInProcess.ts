/**
 * Models that run in this process, by a package that a project may do without: loaded when they are
 * opened, released with the last step that asks them.
 */
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import { PackageMissing } from "../../runtime/PackageMissing.ts"
import { diagnosed } from "../asking/Diagnosis.ts"
import { gateTo } from "../asking/Gate.ts"
import type { Asked } from "../asking/ModelAccess.ts"
import { describe, type DescribedOptions, schemasOnly } from "../asking/modelOptions.ts"
import { errorAt, type Place } from "../asking/Place.ts"
import { CurrentSharedLimits } from "../asking/SharedLimits.ts"
import type { LLMError } from "../chat/LLMError.ts"
import type { Model, ModelRequest } from "../chat/Model.ts"
import type { RequestKindName } from "../chat/RequestKindName.ts"
import type { ModelDocument } from "../provider/ModelDocument.ts"

/** A model that is loaded. */
export interface Loaded<Request, Response> {
  readonly ask: (request: Request, signal: AbortSignal) => Promise<Response>
  readonly release: () => Promise<void>
}

/** What tells a kind of such models from others. */
export interface InProcess<
  Options extends DescribedOptions,
  Request extends ModelRequest,
  Response
> {
  readonly type: string
  readonly requests: RequestKindName
  readonly about: string
  readonly providerId: string
  readonly parameters: Schema.Top
  /** Options that it takes besides those that every model takes, and the parameters. */
  readonly options: ReadonlyArray<string>
  /** Those of them that change what it answers: with others it is another question. */
  readonly answersBy: ReadonlyArray<string & keyof Options>
  readonly document: ModelDocument
  /** Imports the package and loads the model. */
  readonly load: (options: Options) => Promise<Loaded<Request, Response>>
  readonly clientOf: (
    asked: Omit<Asked<Request, Response>, "kind">
  ) => Effect.Effect<unknown, LLMError>
}

/** A kind of model that runs in this process. One question at a time is answered, unless said. */
export const defineInProcess = <
  Options extends DescribedOptions,
  Request extends ModelRequest,
  Response
>({
  about,
  answersBy,
  clientOf,
  document,
  load,
  options: own,
  parameters,
  providerId,
  requests,
  type
}: InProcess<Options, Request, Response>) => {
  const sourceOf = (options: Options): string =>
    [
      `in-process:${type}`,
      ...answersBy.flatMap((name) =>
        options[name] === undefined ? [] : [`${name}=${JSON.stringify(options[name])}`]
      )
    ].join(" ")
  const open = Effect.fnUntraced(function* (options: Options) {
    const place: Place = {
      llm: type,
      providerId,
      model: options.model,
      baseUrl: undefined,
      source: sourceOf(options),
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
    const limits = { ...options, maxConcurrency: options.maxConcurrency ?? 1 }
    // Other processes have a model of their own.
    const gate = yield* Effect.provideService(gateTo(place, limits), CurrentSharedLimits, undefined)
    return yield* clientOf({
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
    describe: <Described extends Model>(options: Options): Described =>
      describe<Described, Options>(
        {
          type,
          requests,
          parameters,
          options: own,
          isFree: true,
          rareFormats: schemasOnly,
          conceal: (given) => given,
          address: sourceOf,
          open
        },
        options
      )
  }
}
