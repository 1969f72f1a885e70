/** Arguments: a simulator's options as flags of a command line. */
import { parseArgs } from "node:util"
import { type Fault, type FaultKind, faultKinds } from "./faults/Faults.ts"
import type { Latency } from "./faults/Latency.ts"
import type { Outage, OutageShows } from "./faults/Outage.ts"
import {
  SimulatorOptionError,
  type SimulatorOptions,
  settingsOf
} from "./server/SimulatorOptions.ts"

/** What a command line asks for. */
export interface SimulatorCommand {
  readonly options: SimulatorOptions
  /**
   * Whether to stop when standard input is closed: then no simulator outlives the process that
   * started it.
   */
  readonly stopWithStdin: boolean
  /** Whether only the usage was asked for. */
  readonly help: boolean
}

/** The flags, for people. */
export const simulatorUsage = `Simulates the providers of models on this machine.

  --port PORT          port to listen on; 0, the default, takes any free one
  --host ADDRESS       address to listen on (127.0.0.1)
  --seed NUMBER        decides answers, latencies and faults (42)
  --latency LATENCY    none | constant:MS | lognormal:MEDIAN_MS:SIGMA | stragglers:MS:SHARE:SLOW_MS
  --fault FAULT        KIND:SHARE, may be given several times; followed by :permanent, :retry-after=SECONDS
                       (rate-limit) or :status=STATUS (server-error) as needed.
                       Kinds: ${faultKinds.join(", ")}
                       server-error:SHARE:status=529 is an overloaded provider
  --rps NUMBER         requests per second; those above get 429
  --tpm NUMBER         tokens per minute, in and out; once they are used up, requests get 429
  --no-retry-after     a 429 for a rate does not tell how long to wait
  --limit-headers      answers tell in headers what is left of the rates, as the provider does
  --outage FROM:TO     seconds since the start in which the provider is down: connections are torn down, or, with
                       FROM:TO:503, every request gets 503
  --models NAMES       the models that exist, separated by commas; without it every model does
  --api-key KEY        the only key that is let in; without it every key is
  --log-size NUMBER    how many requests are remembered (1000)
  --stop-with-stdin    stop when standard input is closed
  --help               show this
`

const flags = {
  port: { type: "string" },
  host: { type: "string" },
  seed: { type: "string" },
  latency: { type: "string" },
  fault: { type: "string", multiple: true },
  rps: { type: "string" },
  tpm: { type: "string" },
  "no-retry-after": { type: "boolean" },
  "limit-headers": { type: "boolean" },
  outage: { type: "string" },
  models: { type: "string" },
  "api-key": { type: "string" },
  "log-size": { type: "string" },
  "stop-with-stdin": { type: "boolean" },
  help: { type: "boolean" }
} as const

/** The texts of flags, as they were given. */
type Flags = Partial<Readonly<ReturnType<typeof parseArgs<{ options: typeof flags }>>["values"]>>

/** Node's sentences about flags talk of its own API; these say the same about ours. */
const flagError = (error: unknown): unknown => {
  if (!(error instanceof Error && "code" in error)) return error
  const flag = /'(-*[^'\s=]+)/.exec(error.message)?.[1] ?? "?"
  switch (error.code) {
    case "ERR_PARSE_ARGS_UNKNOWN_OPTION":
    case "ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL":
      return new SimulatorOptionError(
        flag,
        "used",
        `the flags are ${Object.keys(flags)
          .map((name) => `--${name}`)
          .join(", ")}`
      )
    case "ERR_PARSE_ARGS_INVALID_OPTION_VALUE":
      return error.message.includes("does not take")
        ? new SimulatorOptionError(flag, "given a value", `write ${flag} alone`)
        : new SimulatorOptionError(flag, "left without a value", `write ${flag}=VALUE`)
    default:
      return error
  }
}

const parseFlags = (args: ReadonlyArray<string>) => {
  try {
    return parseArgs({ args: [...args], options: flags, strict: true, allowPositionals: false })
      .values
  } catch (error) {
    throw flagError(error)
  }
}

const numberOf = (flag: string, value: string | undefined): number | undefined => {
  if (value === undefined) return undefined
  const number = value.trim() === "" ? NaN : Number(value)
  if (Number.isNaN(number))
    throw new SimulatorOptionError(`--${flag}`, `'${value}'`, "use a number")
  return number
}

const latencyOption = (value: string): Latency => {
  const [kind, ...rest] = value.split(":")
  const [first = NaN, second = NaN, third = NaN] = rest.map((part) =>
    part.trim() === "" ? NaN : Number(part)
  )
  const given = rest.filter((part) => part.trim() !== "" && !Number.isNaN(Number(part))).length
  if (given === rest.length) {
    if (kind === "none" && given === 0) return { kind }
    if (kind === "constant" && given === 1) return { kind, ms: first }
    if (kind === "lognormal" && given === 2) return { kind, medianMs: first, sigma: second }
    if (kind === "stragglers" && given === 3)
      return { kind, ms: first, share: second, slowMs: third }
  }
  throw new SimulatorOptionError(
    "--latency",
    `'${value}'`,
    "write none, constant:MS, lognormal:MEDIAN_MS:SIGMA or stragglers:MS:SHARE:SLOW_MS, for instance lognormal:200:0.5"
  )
}

const extrasOf: Readonly<Record<string, string>> = {
  "rate-limit": " and retry-after=SECONDS",
  "server-error": " and status=STATUS"
}

const faultOption = (value: string): Fault => {
  const wrong = (fix: string): SimulatorOptionError =>
    new SimulatorOptionError("--fault", `'${value}'`, fix)
  const [kind = "", share, ...extras] = value.split(":")
  if (!faultKinds.includes(kind as FaultKind))
    throw wrong(`start it with one of ${faultKinds.join(", ")}`)
  if (share === undefined || share.trim() === "" || Number.isNaN(Number(share))) {
    throw wrong(`give the share of questions it hits, for instance ${kind}:0.05`)
  }
  const fault = {
    kind: kind as FaultKind,
    share: Number(share),
    permanent: extras.includes("permanent")
  }
  let retryAfterSeconds: number | undefined
  let status: number | undefined
  for (const extra of extras) {
    const [name, number = ""] = extra.split("=")
    const parsed = number.trim() === "" ? NaN : Number(number)
    if (extra === "permanent") continue
    else if (name === "retry-after" && kind === "rate-limit" && !Number.isNaN(parsed))
      retryAfterSeconds = parsed
    else if (name === "status" && kind === "server-error" && !Number.isNaN(parsed)) status = parsed
    else throw wrong(`'${extra}' is not understood; ${kind} takes permanent${extrasOf[kind] ?? ""}`)
  }
  return { ...fault, retryAfterSeconds, status }
}

const outageOption = (value: string): Outage => {
  const [, from, to, shows] = /^(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)(?::(503|reset))?$/.exec(value) ?? []
  if (from === undefined || to === undefined)
    throw new SimulatorOptionError(
      "--outage",
      `'${value}'`,
      "write FROM:TO or FROM:TO:503 in seconds since the start, for instance 5:20"
    )
  return {
    fromSeconds: Number(from),
    toSeconds: Number(to),
    shows: shows as OutageShows | undefined
  }
}

const flagOf: Readonly<Record<string, string>> = {
  requestsPerSecond: "--rps",
  tokensPerMinute: "--tpm",
  logSize: "--log-size",
  apiKey: "--api-key",
  faults: "--fault"
}

/**
 * Checks the ranges too, so that what parses also starts; the sentence names the flag rather than
 * the option.
 */
const checked = (options: SimulatorOptions): SimulatorOptions => {
  try {
    settingsOf(options)
    return options
  } catch (error) {
    if (!(error instanceof SimulatorOptionError)) throw error
    const [option = ""] = error.option.split(".")
    throw new SimulatorOptionError(flagOf[option] ?? `--${option}`, error.given, error.fix)
  }
}

/**
 * Reads a simulator's options from command line arguments (those after the script's name).
 *
 * @example
 *   const { options } = parseSimulatorArguments(["--latency", "lognormal:200:0.5", "--fault", "rate-limit:0.05"])
 *
 * @fails SimulatorOptionError with one sentence for the first flag that is wrong
 */
export const parseSimulatorArguments = (args: ReadonlyArray<string>): SimulatorCommand => {
  const values = parseFlags(args)
  return {
    options: simulatorOptionsOf(values),
    stopWithStdin: values["stop-with-stdin"] ?? false,
    help: values.help ?? false
  }
}

/**
 * The options that the texts of flags stand for. Throws SimulatorOptionError with one sentence for
 * the first flag that is wrong.
 */
export const simulatorOptionsOf = (values: {
  readonly [Name in keyof Flags]: Flags[Name] | undefined
}): SimulatorOptions =>
  checked({
    port: numberOf("port", values.port),
    host: values.host,
    seed: numberOf("seed", values.seed),
    latency: values.latency === undefined ? undefined : latencyOption(values.latency),
    faults: values.fault?.map(faultOption),
    requestsPerSecond: numberOf("rps", values.rps),
    tokensPerMinute: numberOf("tpm", values.tpm),
    retryAfter: values["no-retry-after"] === true ? false : undefined,
    limitHeaders: values["limit-headers"],
    outage: values.outage === undefined ? undefined : outageOption(values.outage),
    models: values.models
      ?.split(",")
      .map((name) => name.trim())
      .filter((name) => name !== ""),
    apiKey: values["api-key"],
    logSize: numberOf("log-size", values["log-size"])
  })
