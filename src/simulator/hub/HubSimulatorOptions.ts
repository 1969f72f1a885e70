/** Options of a simulated Hub, their defaults and their limits. */
import { SimulatorOptionError } from "../server/SimulatorOptions.ts"

/**
 * How a request to the Hub goes wrong.
 *
 * - `rate-limit`: 429 with `Retry-After`
 * - `server-error`: a 5xx
 * - `reset`: the connection is torn down
 * - `cut-body`: headers for the whole answer, then half of it, then the connection is torn down
 */
export type HubFaultKind = "rate-limit" | "server-error" | "reset" | "cut-body"

export const hubFaultKinds: ReadonlyArray<HubFaultKind> = [
  "rate-limit",
  "server-error",
  "reset",
  "cut-body"
]

/** One kind of fault and the share of requests it hits. */
export interface HubFault {
  readonly kind: HubFaultKind
  /** The share of requests hit, from 0 to 1; the shares of all faults add up to at most 1. */
  readonly share: number
  /** `rate-limit` only: the seconds in `Retry-After`; 1 if not given. */
  readonly retryAfterSeconds?: number | undefined
  /** `server-error` only: the status to answer with; 503 if not given. */
  readonly status?: number | undefined
  /** Hits every attempt at a request. If false or not given, the second attempt succeeds. */
  readonly permanent?: boolean | undefined
}

/** How a simulated Hub behaves. None of it must be given. */
export interface HubSimulatorOptions {
  /** The port to listen on; 0, the default, takes any free one. */
  readonly port?: number | undefined
  /** The address to listen on; "127.0.0.1" if not given. */
  readonly host?: string | undefined
  /** Decides faults together with the request; 42 if not given. */
  readonly seed?: number | undefined
  /** What goes wrong, and how often. */
  readonly faults?: ReadonlyArray<HubFault> | undefined
  /** The only token that is let in; if not given, any is. Public datasets can be read without. */
  readonly token?: string | undefined
  /** The name of whoever has a token; "simulated-user" if not given. */
  readonly user?: string | undefined
  /** Whether those with a token may read gated datasets; true if not given. */
  readonly letIn?: boolean | undefined
  /**
   * A folder with datasets as `OWNER/NAME/…`, read at the start; what is pushed to a main branch is
   * written there.
   */
  readonly directory?: string | undefined
  /** Large files travel by xet, as on the Hub of today; if false, by Git LFS. True if not given. */
  readonly xet?: boolean | undefined
  /** Files of so many bytes are large ones, whatever their ending; 10 MB if not given. */
  readonly largeFrom?: number | undefined
  /** Git LFS uploads of more bytes come in parts of so many; never if not given. */
  readonly multipartAbove?: number | undefined
  /** Whether large files are fetched from another host, as on the Hub; false if not given. */
  readonly redirect?: boolean | undefined
  /** How many requests the log keeps; 10,000 if not given. */
  readonly logSize?: number | undefined
}

export interface HubSettings extends Required<
  Omit<HubSimulatorOptions, "token" | "directory" | "faults">
> {
  readonly token: string | undefined
  readonly directory: string | undefined
  readonly faults: ReadonlyArray<HubFault>
  readonly port: number
  readonly host: string
  readonly seed: number
  readonly user: string
  readonly letIn: boolean
  readonly xet: boolean
  readonly largeFrom: number
  readonly multipartAbove: number
  readonly redirect: boolean
  readonly logSize: number
}

/** The options with their defaults; a SimulatorOptionError for the first that cannot be. */
export const hubSettingsOf = (options: HubSimulatorOptions): HubSettings => {
  const {
    faults = [],
    largeFrom = 10_000_000,
    logSize = 10_000,
    multipartAbove = Infinity,
    port = 0,
    seed = 42
  } = options
  const expect = (holds: boolean, option: string, given: unknown, fix: string): void => {
    if (!holds) throw new SimulatorOptionError(option, String(given), fix)
  }
  expect(
    Number.isInteger(port) && port >= 0 && port <= 65_535,
    "port",
    port,
    "use a whole number from 0 to 65535"
  )
  expect(Number.isSafeInteger(seed), "seed", seed, "use a whole number")
  expect(largeFrom > 0, "largeFrom", largeFrom, "use a number of bytes above 0")
  expect(multipartAbove > 0, "multipartAbove", multipartAbove, "use a number of bytes above 0")
  expect(Number.isInteger(logSize) && logSize >= 0, "logSize", logSize, "use a whole number from 0")
  for (const { kind, share } of faults) {
    expect(
      hubFaultKinds.includes(kind),
      "faults.kind",
      kind,
      `use one of ${hubFaultKinds.join(", ")}`
    )
    expect(share >= 0 && share <= 1, "faults.share", share, "use a share from 0 to 1")
  }
  const shares = faults.reduce((sum, { share }) => sum + share, 0)
  expect(shares <= 1, "faults", `shares that add up to ${shares}`, "let them add up to at most 1")
  return {
    port,
    seed,
    faults,
    largeFrom,
    multipartAbove,
    logSize,
    host: options.host ?? "127.0.0.1",
    token: options.token,
    user: options.user ?? "simulated-user",
    letIn: options.letIn ?? true,
    directory: options.directory,
    xet: options.xet ?? true,
    redirect: options.redirect ?? false
  }
}
