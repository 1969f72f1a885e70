/** The simulator as a process: `node src/simulator/serve.ts --port 0 --seed 42`. Prints one line of JSON when it listens, and nothing else. */
import { once } from "node:events"
import { realpathSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { parseSimulatorArguments, simulatorUsage } from "./Arguments.ts"
import { type Simulator, startSimulator } from "./Simulator.ts"
import { SimulatorOptionError } from "./SimulatorOptions.ts"

const stopSignal = async (stopWithStdin: boolean): Promise<void> => {
  const ends = [once(process, "SIGINT"), once(process, "SIGTERM")]
  if (stopWithStdin) ends.push(once(process.stdin.resume(), "close"))
  await Promise.race(ends)
  if (stopWithStdin) process.stdin.destroy()
}

interface Started {
  readonly simulator: Simulator
  readonly stopWithStdin: boolean
}

const start = async (args: ReadonlyArray<string>): Promise<Started | undefined> => {
  const { options, stopWithStdin, help } = parseSimulatorArguments(args)
  if (help) {
    process.stdout.write(simulatorUsage)
    return undefined
  }
  return { simulator: await startSimulator(options), stopWithStdin }
}

const sentenceFor = (error: unknown): string | undefined => {
  if (error instanceof SimulatorOptionError) return error.message
  const { code, port, address } = error as { readonly code?: string; readonly port?: number; readonly address?: string }
  if (code === "EADDRINUSE") return `Port ${port} of ${address} is taken: choose another with --port, or 0 for any free one.`
  if (code === "EACCES") return `Port ${port} of ${address} needs rights this process lacks: choose one above 1023 with --port, or 0 for any free one.`
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") return `This machine cannot listen on that --host: use 127.0.0.1, or leave the flag out.`
  return undefined
}

/**
 * Runs a simulator until SIGINT or SIGTERM, or until standard input is closed with `--stop-with-stdin`.
 * Resolves with the exit code: 0, or 2 when it could not start; then one sentence on standard error says why.
 */
export const serve = async (args: ReadonlyArray<string>): Promise<number> => {
  try {
    const started = await start(args)
    if (started === undefined) return 0
    const { simulator, stopWithStdin } = started
    const stopped = stopSignal(stopWithStdin)
    process.stdout.write(`${JSON.stringify({ url: simulator.url, port: simulator.port })}\n`)
    await stopped
    await simulator.close()
    return 0
  } catch (error) {
    const sentence = sentenceFor(error)
    if (sentence === undefined) throw error
    process.stderr.write(`${sentence}\n`)
    return 2
  }
}

// Not `import.meta.main`, which Node 22 does not know.
if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) process.exitCode = await serve(process.argv.slice(2))
