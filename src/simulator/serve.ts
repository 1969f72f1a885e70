/**
 * The simulator as a process: `node src/simulator/serve.ts --port 0 --seed 42`. Prints one line of
 * JSON when it listens, and nothing else.
 */
import { once } from "node:events"
import { realpathSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { parseSimulatorArguments, simulatorUsage } from "./Arguments.ts"
import { startHubSimulator } from "./hub/HubSimulator.ts"
import type { HubSimulatorOptions } from "./hub/HubSimulatorOptions.ts"
import { startSimulator } from "./server/Simulator.ts"
import { SimulatorOptionError, type SimulatorOptions } from "./server/SimulatorOptions.ts"

const stopSignal = async (stopWithStdin: boolean): Promise<void> => {
  const ends = [once(process, "SIGINT"), once(process, "SIGTERM")]
  if (stopWithStdin) ends.push(once(process.stdin.resume(), "close"))
  await Promise.race(ends)
  if (stopWithStdin) process.stdin.destroy()
}

const sentenceFor = (error: unknown): string | undefined => {
  if (error instanceof SimulatorOptionError) return error.message
  const { code, port, address } = error as {
    readonly code?: string
    readonly port?: number
    readonly address?: string
  }
  if (code === "EADDRINUSE")
    return `Port ${port} of ${address} is taken: choose another with --port, or 0 for any free one.`
  if (code === "EACCES")
    return `Port ${port} of ${address} needs rights this process lacks: choose one above 1023 with --port, or 0 for any free one.`
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND")
    return `This machine cannot listen on that --host: use 127.0.0.1, or leave the flag out.`
  return undefined
}

/** What is started: a simulator of models, and a Hub beside it where there are options for one. */
interface Started {
  readonly options: SimulatorOptions
  readonly hub?: HubSimulatorOptions | undefined
  readonly stopWithStdin: boolean
}

/**
 * Runs a simulator until SIGINT or SIGTERM, or until standard input is closed with `stopWithStdin`.
 * Resolves with the exit code: 0, or 2 when it could not start; then one sentence on standard error
 * says why.
 */
export const serve = async (start: () => Started): Promise<number> => {
  try {
    const { hub, options, stopWithStdin } = start()
    await using simulator = await startSimulator(options)
    await using hubSimulator = hub === undefined ? undefined : await startHubSimulator(hub)
    const stopped = stopSignal(stopWithStdin)
    const addresses = {
      url: simulator.url,
      port: simulator.port,
      ...(hubSimulator === undefined ? {} : { hubUrl: hubSimulator.url })
    }
    process.stdout.write(`${JSON.stringify(addresses)}\n`)
    await stopped
    return 0
  } catch (error) {
    const sentence = sentenceFor(error)
    if (sentence === undefined) throw error
    process.stderr.write(`${sentence}\n`)
    return 2
  }
}

/** Runs a simulator that a command line describes. */
const serveArguments = async (args: ReadonlyArray<string>): Promise<number> => {
  if (args.includes("--help")) {
    process.stdout.write(simulatorUsage)
    return 0
  }
  return serve(() => parseSimulatorArguments(args))
}

// Not `import.meta.main`, which Node 22 does not know.
if (
  process.argv[1] !== undefined &&
  realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)
)
  process.exitCode = await serveArguments(process.argv.slice(2))
