/** `distilabel-ts simulate`: simulators of model providers and of the Hub on this machine. */
import { simulatorOptionsOf } from "../simulator/Arguments.ts"
import { serve } from "../simulator/serve.ts"

interface SimulateOptions {
  readonly port: string | undefined
  readonly host: string | undefined
  readonly seed: string | undefined
  readonly latency: string | undefined
  readonly fault: ReadonlyArray<string>
  readonly rps: string | undefined
  readonly tpm: string | undefined
  readonly noRetryAfter: boolean
  readonly limitHeaders: boolean
  readonly outage: string | undefined
  readonly models: string | undefined
  readonly apiKey: string | undefined
  readonly logSize: string | undefined
  readonly hub: boolean
  readonly hubFolder: string | undefined
  readonly stopWithStdin: boolean
}

/** Runs the command until it is stopped; gives the exit code. */
export const simulateCommand = ({
  apiKey,
  fault,
  hub,
  hubFolder,
  limitHeaders,
  logSize,
  noRetryAfter,
  stopWithStdin,
  ...same
}: SimulateOptions): Promise<number> =>
  serve(() => {
    const options = simulatorOptionsOf({
      ...same,
      fault: [...fault],
      "no-retry-after": noRetryAfter,
      "limit-headers": limitHeaders,
      "api-key": apiKey,
      "log-size": logSize
    })
    const { host, seed } = options
    return {
      options,
      stopWithStdin,
      hub: hub || hubFolder !== undefined ? { host, seed, directory: hubFolder } : undefined
    }
  })
