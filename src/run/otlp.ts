/**
 * OpenTelemetry: the spans of runs, sent to a collector. Effect's modules for it are not stable
 * yet; no other file names them. They are loaded with the first collector.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/**
 * The address of the collector that gets a run's spans, for workers that a run starts; headers,
 * which may be secrets, are not passed on.
 */
export const CurrentCollector = Context.Reference<string | undefined>(
  "distilabel-ts/run/Collector",
  { defaultValue: () => undefined }
)

/**
 * Sends spans to an OpenTelemetry collector by OTLP over HTTP, as JSON: the run, its steps, and
 * each request with the model, tokens, cost and, where it failed, the reason. They hold no prompts
 * and no answers. The last spans are sent when the layer is closed; a collector that is not there
 * costs up to three seconds then, and nothing else.
 *
 * `url` is the collector's address without a path, `http://localhost:4318`; spans go to its
 * `/v1/traces`. `serviceName` is what they appear under, by default `distilabel-ts`.
 *
 * @example
 *   const distiset = await Effect.runPromise(
 *     run(pipeline).pipe(Effect.provide(otlp("http://localhost:4318")))
 *   )
 */
export const otlp = (
  url: string,
  {
    headers = {},
    serviceName = "distilabel-ts"
  }: {
    readonly serviceName?: string
    /** Headers of each request: what a hosted collector asks for. */
    readonly headers?: Readonly<Record<string, string>>
  } = {}
): Layer.Layer<never> =>
  Layer.unwrap(
    Effect.promise(async () => {
      const [FetchHttpClient, OtlpSerialization, OtlpTracer] = await Promise.all([
        import("effect/http/FetchHttpClient"),
        import("effect/observability/OtlpSerialization"),
        import("effect/observability/OtlpTracer")
      ])
      const tracer = OtlpTracer.layer({
        url: `${url.replace(/\/+$/, "")}/v1/traces`,
        headers,
        resource: { serviceName }
      }).pipe(Layer.provide(OtlpSerialization.layerJson), Layer.provide(FetchHttpClient.layer))
      return Layer.merge(tracer, Layer.succeed(CurrentCollector, url))
    })
  )
