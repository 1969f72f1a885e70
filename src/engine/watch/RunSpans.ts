/**
 * Spans of a run: the run, in it its steps, in them the requests to models, with the attributes
 * that OpenTelemetry gives generative AI. They are made only where a tracer listens.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as References from "effect/References"
import * as Tracer from "effect/Tracer"
import type { Priced } from "../../models/asking/prices.ts"
import type { LLMEvent } from "../../models/chat/LLMEvents.ts"
import type { RequestKindName } from "../../models/chat/RequestKindName.ts"
import type { StepTally } from "./Tally.ts"

/** What ends an attempt. */
const endsRequest = (kind: LLMEvent["kind"]): boolean =>
  kind === "success" || kind === "retry" || kind === "failure" || kind === "interrupted"
/** What an answer to a step costs, in US dollars; undefined if its price is unknown. */
type CostOf = (step: string, used: Priced) => number | undefined

/** An attempt that failed, as its span shows it. */
class RequestFailed extends Error {
  override readonly name = "RequestFailed"
}

/** What spans tell of. */
export interface Spanned {
  readonly pipeline: string
  /** The name of the outermost one. */
  readonly name: string
  readonly tallies: Iterable<StepTally>
  readonly costOf: CostOf
}

export class RunSpans {
  /** The span of the whole run. */
  readonly run: Tracer.Span
  readonly #tracer: Tracer.Tracer
  readonly #clock: Clock.Clock
  readonly #costOf: CostOf
  readonly #steps: ReadonlyMap<string, Tracer.Span>
  readonly #requests = new Map<string, Tracer.Span>()

  constructor(
    options: Spanned & {
      readonly tracer: Tracer.Tracer
      readonly clock: Clock.Clock
      readonly parent: Option.Option<Tracer.AnySpan>
    }
  ) {
    this.#tracer = options.tracer
    this.#clock = options.clock
    this.#costOf = options.costOf
    this.run = this.#span(options.name, options.parent, "internal", {
      "distilabel.pipeline": options.pipeline
    })
    this.#steps = new Map(
      [...options.tallies].map(({ kind, name }) => [
        name,
        this.#span(`step ${name}`, Option.some(this.run), "internal", {
          "distilabel.step": name,
          "distilabel.step.type": kind
        })
      ])
    )
  }

  /** The span of a step. */
  step(name: string): Tracer.Span {
    return this.#steps.get(name) ?? this.run
  }

  readonly onEvent = (event: LLMEvent): void => {
    const { attempt, by, kind, row = "", sample = 0, step = "", waitMs, why } = event
    const key = `${step} ${row} ${sample} ${attempt}`
    if (kind === "request") this.#requests.set(key, this.#request(event))
    else if (kind === "paused")
      this.step(step).event("paused", this.#now, {
        "distilabel.pause.by": by,
        "distilabel.pause.why": why,
        "distilabel.pause.ms": waitMs
      })
    const request = this.#requests.get(key)
    if (request === undefined || !endsRequest(kind)) return
    this.#requests.delete(key)
    this.#answered(request, event)
    request.end(
      this.#now,
      kind === "success"
        ? Exit.void
        : kind === "interrupted"
          ? Exit.interrupt()
          : Exit.fail(new RequestFailed(event.reason ?? "Unknown"))
    )
  }

  /** The run has ended. */
  end(exit: Exit.Exit<unknown, unknown>, tallies: Iterable<StepTally>): void {
    for (const request of this.#requests.values()) request.end(this.#now, Exit.interrupt())
    for (const { done, failed, name, recalled, received } of tallies) {
      const span = this.step(name)
      attributes(span, {
        "distilabel.rows.received": received,
        "distilabel.rows.done": done,
        "distilabel.rows.failed": failed,
        "distilabel.answers.recalled": recalled
      })
      span.end(this.#now, exit)
    }
    if (Exit.isSuccess(exit)) this.run.attribute("distilabel.end", exit.value)
    this.run.end(this.#now, exit)
  }

  get #now(): bigint {
    return this.#clock.currentTimeNanosUnsafe()
  }

  #request({ attempt, model, providerId, requests, row, step = "" }: LLMEvent): Tracer.Span {
    const operation = operations[requests]
    return this.#span(`${operation} ${model}`, Option.some(this.step(step)), "client", {
      "gen_ai.operation.name": operation,
      "gen_ai.provider.name": providerId,
      "gen_ai.request.model": model,
      "distilabel.step": step,
      "distilabel.row": row,
      "distilabel.attempt": attempt
    })
  }

  #answered(request: Tracer.Span, event: LLMEvent): void {
    const { cut = 0, inputTokens, kind, outputTokens, reason, step = "" } = event
    attributes(request, {
      "gen_ai.usage.input_tokens": inputTokens,
      "gen_ai.usage.output_tokens": outputTokens,
      "gen_ai.response.finish_reasons":
        kind === "success" ? [cut > 0 ? "length" : "stop"] : undefined,
      "distilabel.cost":
        inputTokens === undefined || outputTokens === undefined
          ? undefined
          : this.#costOf(step, { ...event, inputTokens, outputTokens }),
      "error.type": reason
    })
  }

  #span(
    name: string,
    parent: Option.Option<Tracer.AnySpan>,
    kind: Tracer.SpanKind,
    what: Readonly<Record<string, unknown>>
  ): Tracer.Span {
    const span = this.#tracer.span({
      name,
      parent,
      annotations: Context.empty(),
      links: [],
      startTime: this.#now,
      kind,
      root: Option.isNone(parent),
      sampled: Option.isNone(parent) || parent.value.sampled
    })
    attributes(span, what)
    return span
  }
}

/** What OpenTelemetry calls each kind of request. */
const operations: Readonly<Record<RequestKindName, string>> = {
  chat: "chat",
  completion: "text_completion",
  embeddings: "embeddings",
  images: "generate_content",
  scores: "score"
}

/** Sets the attributes that have a value. */
const attributes = (span: Tracer.Span, what: Readonly<Record<string, unknown>>): void => {
  for (const [name, value] of Object.entries(what))
    if (value !== undefined) span.attribute(name, value)
}

/** The spans of a run; undefined where nobody would see them. */
export const spansOf = Effect.fnUntraced(function* (
  spanned: Spanned
): Effect.fn.Return<RunSpans | undefined> {
  const tracer = yield* Tracer.Tracer
  if (tracer === Tracer.nativeTracer || !(yield* References.TracerEnabled)) return undefined
  return new RunSpans({
    tracer,
    clock: yield* Clock.Clock,
    parent: yield* Effect.option(Effect.currentParentSpan),
    ...spanned
  })
})
