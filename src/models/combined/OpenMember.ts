/** Members of a combination, open: each asked as if it were alone, and left out while it cannot. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { LLMClients } from "../asking/LLMClients.ts"
import { monotonicMs } from "../asking/monotonic.ts"
import {
  type AnyLLM,
  type GenerateOutput,
  type GenerateRequest,
  type LLMClient
} from "../chat/LLM.ts"
import type { LLMError, LLMErrorReason } from "../chat/LLMError.ts"
import type { Observer } from "../chat/LLMEvents.ts"

/** How long a member that is down is passed over, before a row finds out whether it is back. */
const pausedMs = 30_000

/** Reasons that the next row meets again. */
const lasting: ReadonlySet<LLMErrorReason> = new Set([
  "MissingApiKey",
  "Unauthorized",
  "ModelNotFound",
  "QuotaExhausted",
  "Unreachable",
  "PackageMissing"
])

export class OpenMember {
  readonly llm: AnyLLM
  readonly #client: LLMClient
  readonly #clock: Clock.Clock
  /** Until when it is passed over. */
  #outUntil = 0
  /** Requests that wait for its answer. */
  #waiting = 0

  private constructor(llm: AnyLLM, client: LLMClient, clock: Clock.Clock) {
    this.llm = llm
    this.#client = client
    this.#clock = clock
  }

  static open = (llm: AnyLLM): Effect.Effect<OpenMember, LLMError, Scope.Scope> =>
    Effect.flatMap(LLMClients.part(llm), (client) =>
      Clock.clockWith((clock) => Effect.succeed(new OpenMember(llm, client, clock)))
    )

  get waiting(): number {
    return this.#waiting
  }

  /** Whether it is passed over. */
  get isOut(): boolean {
    return monotonicMs(this.#clock) < this.#outUntil
  }

  /** Milliseconds until anybody may ask it. */
  get closedMs(): number {
    return this.#client.closedMs?.() ?? 0
  }

  /** Asks it; an answer names it. */
  ask(request: GenerateRequest, observer?: Observer): Effect.Effect<GenerateOutput, LLMError> {
    return Effect.suspend(() => {
      this.#waiting++
      return this.#client.generate(this.#requestOf(request), observer)
    }).pipe(
      Effect.tapError((error) => Effect.sync(() => this.#failed(error))),
      Effect.onExit(() => Effect.sync(() => this.#waiting--)),
      Effect.map((output) => this.#named(output))
    )
  }

  /** What it answered at an earlier time. */
  recall(
    request: GenerateRequest,
    observer?: Observer
  ): Effect.Effect<GenerateOutput | undefined, LLMError> {
    const found = this.#client.recall?.(this.#requestOf(request), observer)
    return found === undefined
      ? Effect.succeed(undefined)
      : Effect.map(found, (output) => (output === undefined ? undefined : this.#named(output)))
  }

  #failed({ fatal, reason }: LLMError): void {
    if (!fatal) return
    this.#outUntil = lasting.has(reason) ? Infinity : monotonicMs(this.#clock) + pausedMs
  }

  /** The request with what the member's own description adds to it. */
  #requestOf(request: GenerateRequest): GenerateRequest {
    const { generationKwargs, structuredOutput = this.llm.structuredOutput } = request
    return {
      ...request,
      generationKwargs:
        Object.keys(generationKwargs).length === 0
          ? this.llm.generationKwargs
          : this.llm.configure({ generationKwargs }).generationKwargs,
      structuredOutput
    }
  }

  #named({ answers }: GenerateOutput): GenerateOutput {
    return { answers: answers.map((answer) => ({ by: this.llm.model, ...answer })) }
  }
}
