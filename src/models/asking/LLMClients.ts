/**
 * Clients of one run: steps that share a model share its client, and with it its connections and
 * its limit.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as RcMap from "effect/RcMap"
import * as Scope from "effect/Scope"
import type { LLM, LLMClient } from "../chat/LLM.ts"
import type { LLMError } from "../chat/LLMError.ts"
import type { Observer } from "../chat/LLMEvents.ts"
import type { Model, ModelClient } from "../chat/Model.ts"
import { type Answers, CurrentAnswers } from "./Answers.ts"
import { CurrentGates, type Gate } from "./Gate.ts"
import { CurrentShare, makeShare } from "./sharedResources.ts"

/** Any client: what it is asked is its own business. */
type AnyClient = ModelClient<never, unknown>

/** Gives clients of models. */
export interface LLMClients {
  /** The client of a model, open as long as the scope. `step` is the name that events carry. */
  readonly client: <Client extends AnyClient>(
    model: Model<string, Client>,
    step?: string
  ) => Effect.Effect<Client, LLMError, Scope.Scope>
  /** The same for a model that is part of another, which tells of its events itself. */
  readonly part: <Client extends AnyClient>(
    model: Model<string, Client>
  ) => Effect.Effect<Client, LLMError, Scope.Scope>
}

/** What clients of a run may be told. */
export interface LLMClientsOptions {
  /** Is told of every attempt of every request. */
  readonly onEvent?: Observer | undefined
  /** Answers that were paid for before; undefined to ask for everything. */
  readonly answers?: Answers | undefined
}

/** The clients in use: those of the run, or, outside of any run, one for each caller. */
const Current = Context.Reference<LLMClients>("distilabel-ts/llms/LLMClients", {
  defaultValue: () => ({ client: (model) => model.open, part: (model) => model.open })
})

/** Opens the client of an LLM. */
export type OpenLLM = (llm: LLM) => Effect.Effect<LLMClient, LLMError, Scope.Scope>

/** How runs open LLMs. */
const CurrentOpen = Context.Reference<OpenLLM>("distilabel-ts/llms/OpenLLM", {
  defaultValue: () => (llm) => llm.open
})

/**
 * Clients that are shared as long as the scope lives: one for each `llm.endpoint`, opened with its
 * first user and closed with its last.
 */
const make = ({ onEvent }: LLMClientsOptions = {}): Effect.Effect<LLMClients, never, Scope.Scope> =>
  Effect.gen(function* () {
    // By identity: to effect's own maps two empty objects are the same key.
    const ids = new Map<object, number>()
    const models: Array<Model<string, AnyClient>> = []
    const open = yield* CurrentOpen
    const clients = yield* RcMap.make({
      lookup: (id: number) => {
        const model = models[id]
        if (model === undefined) return Effect.die(new Error(`no model ${id}`))
        return isLLM(model) ? open(model) : model.open
      }
    })

    const idOf = (model: Model<string, AnyClient>): number => {
      const id = ids.get(model.endpoint) ?? models.push(model) - 1
      ids.set(model.endpoint, id)
      return id
    }

    const part = <Client extends AnyClient>(model: Model<string, Client>) =>
      Effect.map(
        Effect.suspend(() => RcMap.get(clients, idOf(model))),
        // An endpoint is that of one kind of model, whose clients are alike.
        (client) => client as Client
      )
    return {
      client: <Client extends AnyClient>(model: Model<string, Client>, step?: string) =>
        Effect.map(part(model), (client) => observed(client, step, onEvent)),
      part
    }
  })

const isLLM = (model: Model<string, AnyClient>): model is LLM => model.kind === "chat"

const observed = <Client extends AnyClient>(
  client: Client,
  step: string | undefined,
  onEvent: Observer | undefined
): Client => {
  if (onEvent === undefined) return client
  const named: Observer =
    step === undefined
      ? onEvent
      : (event) => onEvent(event.step === step ? event : { ...event, step })
  const both = (observer: Observer | undefined): Observer =>
    observer === undefined
      ? named
      : (event) => {
          named(event)
          observer(event)
        }
  const watched: AnyClient = {
    ...client,
    generate: (request, observer) => client.generate(request, both(observer))
  }
  return watched as Client
}

/** Clients of models, shared by all that ask the same model in a run. */
export const LLMClients = {
  make,

  /**
   * A layer that says how runs open LLMs, in place of `llm.open`: to look at requests, to change
   * them, or to answer them otherwise.
   *
   * @example
   *   const counted = LLMClients.layer((llm) =>
   *     Effect.map(llm.open, (client) => ({
   *       generate: (request, observer) =>
   *         Effect.andThen(
   *           Effect.log(`${llm.model}: ${request.messages.length} messages`),
   *           client.generate(request, observer)
   *         )
   *     }))
   *   )
   *   const distiset = await Effect.runPromise(run(pipeline).pipe(Effect.provide(counted)))
   */
  layer: (open: OpenLLM): Layer.Layer<never> => Layer.succeed(CurrentOpen, open),

  /** The client of a model among those of the run, open as long as the scope. */
  client: <Client extends AnyClient>(
    model: Model<string, Client>,
    step?: string
  ): Effect.Effect<Client, LLMError, Scope.Scope> =>
    Effect.flatMap(Current, (clients) => clients.client(model, step)),

  /** The client of a model that is part of another, open as long as the scope. */
  part: <Client extends AnyClient>(
    model: Model<string, Client>
  ): Effect.Effect<Client, LLMError, Scope.Scope> =>
    Effect.flatMap(Current, (clients) => clients.part(model)),

  /** Runs an effect in which all that ask for clients share them. */
  share:
    (options: LLMClientsOptions = {}) =>
    <A, E, R>(run: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
      Effect.acquireUseRelease(
        Scope.make(),
        (scope) =>
          Effect.flatMap(
            Scope.provide(Effect.all([make(options), makeShare]), scope),
            ([clients, share]) =>
              run.pipe(
                Effect.provideService(Current, clients),
                Effect.provideService(CurrentShare, share),
                Effect.provideService(CurrentAnswers, options.answers),
                Effect.provideService(CurrentGates, new Map<string, Gate>())
              )
          ),
        (scope, exit) => Scope.close(scope, exit)
      )
}
