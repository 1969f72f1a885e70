/** Options: how a simulator behaves, their defaults and their limits. */
import type { JsonSchema, Turn } from "../../models/simulated/Question.ts"
import type { BatchSimulation } from "../batches/BatchDesk.ts"
import { type Fault, faultKinds } from "../faults/Faults.ts"
import { defaultSeed, type Latency, maxLatencyMs } from "../faults/Latency.ts"
import type { Outage } from "../faults/Outage.ts"
import type { PromptCacheOptions } from "./PromptCache.ts"

/** What an answer of your own is made from. */
export interface AnswerRequest {
  readonly model: string
  /** The system messages; "" without any. */
  readonly system: string
  /** The last user message. */
  readonly prompt: string
  /** The conversation before the last user message. */
  readonly history: ReadonlyArray<Turn>
  /** How many answers this request wants. */
  readonly n: number
  /** Which of them this one is; 0 is the first. */
  readonly index: number
  /** The schema that the answer has to follow, if any. */
  readonly schema: JsonSchema | undefined
}

/**
 * How a simulator behaves. Everything has a default: none given, it answers every model at once and
 * never fails.
 */
export interface SimulatorOptions {
  /** The port to listen on; 0, the default, takes any free one. */
  readonly port?: number | undefined
  /** The address to listen on; "127.0.0.1" if not given. */
  readonly host?: string | undefined
  /** Decides answers, latencies and faults together with the question; 42 if not given. */
  readonly seed?: number | undefined
  /** How long answers take; no time if not given. */
  readonly latency?: Latency | undefined
  /** What goes wrong, and how often. */
  readonly faults?: ReadonlyArray<Fault> | undefined
  /** Requests above this rate get 429 with `Retry-After`. */
  readonly requestsPerSecond?: number | undefined
  /**
   * Tokens above this rate, in and out, get 429 with `Retry-After`; a minute's tokens may be used
   * at once.
   */
  readonly tokensPerMinute?: number | undefined
  /** Whether a 429 for a rate tells how long to wait; true if not given. */
  readonly retryAfter?: boolean | undefined
  /**
   * Whether answers tell in headers what is left of the rates, as the provider does; false if not
   * given.
   */
  readonly limitHeaders?: boolean | undefined
  /** A time in which the provider is down; none if not given. */
  readonly outage?: Outage | undefined
  /** The models that exist; if not given, every model does. */
  readonly models?: ReadonlyArray<string> | undefined
  /** The only key that is let in; if not given, any key, or none, is. */
  readonly apiKey?: string | undefined
  /**
   * A cache of prompts: beginnings that were read lately count as cached. None if not given; then
   * no answer tells of cached tokens.
   */
  readonly promptCache?: PromptCacheOptions | undefined
  /** When jobs of many requests are done, and how; at once and whole if not given. */
  readonly batches?: BatchSimulation | undefined
  /** How many requests the log keeps; 1,000 if not given. */
  readonly logSize?: number | undefined
  /** Answers in place of the built-in ones. */
  readonly answer?: ((request: AnswerRequest) => string) | undefined
}

/** Options with their defaults filled in. */
export interface SimulatorSettings {
  readonly port: number
  readonly host: string
  readonly seed: number
  readonly latency: Latency
  readonly faults: ReadonlyArray<Fault>
  readonly requestsPerSecond: number | undefined
  readonly tokensPerMinute: number | undefined
  readonly retryAfter: boolean
  readonly limitHeaders: boolean
  readonly outage: Outage | undefined
  readonly models: ReadonlyArray<string> | undefined
  readonly apiKey: string | undefined
  readonly promptCache: PromptCacheOptions | undefined
  readonly batches: BatchSimulation
  readonly logSize: number
  readonly answer: ((request: AnswerRequest) => string) | undefined
}

/** An option has a value that a simulator cannot work with. */
export class SimulatorOptionError extends Error {
  readonly _tag = "SimulatorOptionError"
  /** The option, as the caller wrote it: `port`, or `--port` on a command line. */
  readonly option: string
  /** The value given. */
  readonly given: string
  /** How to put it right. */
  readonly fix: string

  constructor(option: string, given: string, fix: string) {
    super(`Option '${option}' cannot be ${given}: ${fix}.`)
    this.name = "SimulatorOptionError"
    this.option = option
    this.given = given
    this.fix = fix
  }
}

const expect = (fits: boolean, option: string, given: unknown, fix: string): void => {
  if (!fits)
    throw new SimulatorOptionError(
      option,
      typeof given === "string" ? `'${given}'` : String(given),
      fix
    )
}

const isWhole = (value: number, low: number, high: number): boolean =>
  Number.isInteger(value) && value >= low && value <= high
const isDuration = (value: number): boolean => value >= 0 && value <= maxLatencyMs
const isShare = (value: number): boolean => value >= 0 && value <= 1

const checkLatency = (latency: Latency): void => {
  const ms = `use milliseconds from 0 to ${maxLatencyMs}`
  switch (latency.kind) {
    case "none":
      return
    case "constant":
      return expect(isDuration(latency.ms), "latency.ms", latency.ms, ms)
    case "lognormal":
      expect(isDuration(latency.medianMs), "latency.medianMs", latency.medianMs, ms)
      return expect(
        latency.sigma >= 0 && latency.sigma <= 3,
        "latency.sigma",
        latency.sigma,
        "use a number from 0 to 3"
      )
    case "stragglers":
      expect(isDuration(latency.ms), "latency.ms", latency.ms, ms)
      expect(isShare(latency.share), "latency.share", latency.share, "use a number from 0 to 1")
      return expect(isDuration(latency.slowMs), "latency.slowMs", latency.slowMs, ms)
    default:
      return expect(
        false,
        "latency.kind",
        (latency as Latency).kind,
        "use none, constant, lognormal or stragglers"
      )
  }
}

const checkFaults = (faults: ReadonlyArray<Fault>): void => {
  for (const { kind, share, retryAfterSeconds = 1, status = 500 } of faults) {
    expect(faultKinds.includes(kind), "faults.kind", kind, `use ${faultKinds.join(", ")}`)
    expect(isShare(share), "faults.share", share, "use a number from 0 to 1")
    expect(
      retryAfterSeconds >= 0,
      "faults.retryAfterSeconds",
      retryAfterSeconds,
      "use a number of seconds from 0"
    )
    expect(isWhole(status, 400, 599), "faults.status", status, "use a status from 400 to 599")
  }
  const sum = faults.reduce((total, fault) => total + fault.share, 0)
  // a little above 1 is rounding: 0.1 + 0.2 + 0.7
  if (sum > 1 + 1e-9)
    throw new SimulatorOptionError(
      "faults",
      `of shares that add up to ${sum}`,
      "let them add up to at most 1"
    )
}

const checkOutage = ({ fromSeconds, shows = "reset", toSeconds }: Outage): void => {
  expect(fromSeconds >= 0, "outage.fromSeconds", fromSeconds, "use a number of seconds from 0")
  expect(
    toSeconds > fromSeconds,
    "outage.toSeconds",
    toSeconds,
    "use a number of seconds above fromSeconds"
  )
  expect(shows === "reset" || shows === "503", "outage.shows", shows, "use reset or 503")
}

/**
 * Fills in the defaults and checks the limits.
 *
 * @fails SimulatorOptionError at the first value that a simulator cannot work with
 */
export const settingsOf = (options: SimulatorOptions): SimulatorSettings => {
  const settings: SimulatorSettings = {
    port: options.port ?? 0,
    host: options.host ?? "127.0.0.1",
    seed: options.seed ?? defaultSeed,
    latency: options.latency ?? { kind: "none" },
    faults: options.faults ?? [],
    requestsPerSecond: options.requestsPerSecond,
    tokensPerMinute: options.tokensPerMinute,
    retryAfter: options.retryAfter ?? true,
    limitHeaders: options.limitHeaders ?? false,
    outage: options.outage,
    models: options.models,
    apiKey: options.apiKey,
    promptCache: options.promptCache,
    batches: options.batches ?? {},
    logSize: options.logSize ?? 1000,
    answer: options.answer
  }
  expect(
    isWhole(settings.port, 0, 65_535),
    "port",
    settings.port,
    "use a whole number from 0 (any free port) to 65535"
  )
  expect(settings.host !== "", "host", settings.host, "use an address such as 127.0.0.1")
  expect(
    isWhole(settings.seed, 0, Number.MAX_SAFE_INTEGER),
    "seed",
    settings.seed,
    "use a whole number from 0 to 2^53 - 1"
  )
  expect(
    isWhole(settings.logSize, 0, 1_000_000),
    "logSize",
    settings.logSize,
    "use a whole number from 0 to 1000000"
  )
  if (settings.models?.length === 0) {
    throw new SimulatorOptionError(
      "models",
      "an empty list",
      "name a model, or leave the option out to have them all"
    )
  }
  const rate = settings.requestsPerSecond ?? 1
  expect(
    rate > 0 && rate <= 1_000_000,
    "requestsPerSecond",
    rate,
    "use a number above 0, up to 1000000"
  )
  const tokens = settings.tokensPerMinute ?? 1
  expect(tokens > 0 && tokens <= 1e12, "tokensPerMinute", tokens, "use a number above 0")
  const cached = settings.promptCache?.tokens ?? 1
  expect(cached > 0, "promptCache.tokens", cached, "use a number above 0")
  if (settings.outage !== undefined) checkOutage(settings.outage)
  checkLatency(settings.latency)
  checkFaults(settings.faults)
  return settings
}
