/** `distilabel-ts worker`: works on shards of runs that are announced in a Redis. */
import { availableParallelism } from "node:os"
import * as Effect from "effect/Effect"
import { Broker, brokerVariable } from "../cluster/Broker.ts"
import { exitNeverHere } from "../cluster/scripts.ts"
import { serveRuns } from "../cluster/serveRuns.ts"
import type { StopReason } from "../engine/watch/RunStopped.ts"
import { exitCodes, stopOnSignals } from "../run/signals.ts"
import { version } from "../runtime/version.ts"
import { brokerAddress, queueName } from "./brokerAddress.ts"
import { collectorAddress } from "./collectorAddress.ts"

interface WorkerCommandOptions {
  readonly slots: number | undefined
  readonly queue: string | undefined
  readonly run: string | undefined
  readonly otlp: string | undefined
  readonly quiet: boolean
}

/** The module that the process of a slot begins with. */
export const slotEntry = new URL(
  import.meta.url.endsWith(".ts") ? "./slotCommand.ts" : "./slotCommand.js",
  import.meta.url
)

/** Runs the command; gives the exit code. */
export const workerCommand = async (
  address: string | undefined,
  { otlp, queue, quiet, run, slots = availableParallelism() }: WorkerCommandOptions
): Promise<number> => {
  const broker = await Broker.open(brokerAddress("worker", address))
  // Processes that it starts have no business with the broker.
  delete process.env[brokerVariable]
  let stoppedBy: StopReason | undefined
  const served = serveRuns(
    {
      broker,
      queue: queueName("worker", queue),
      slots,
      slotEntry,
      version,
      run,
      otlp: otlp === undefined ? undefined : collectorAddress("worker", otlp),
      say: (line) => {
        if (!quiet) console.error(line)
      }
    },
    ({ stop, stopNow }) => {
      // One that a coordinator has started ends with it.
      process.on("disconnect", stop)
      Effect.runFork(
        Effect.scoped(
          Effect.andThen(
            stopOnSignals({
              stop: (reason) => {
                stoppedBy ??= reason
                if (!quiet) console.error("worker: hands back its shards; what is answered is kept")
                stop()
              },
              stopNow,
              graceMs: 30_000
            }),
            Effect.never
          )
        )
      )
    }
  )
  const end = await served
  broker.close()
  // Signals are listened to until the end, which would keep the process.
  const code =
    end === "refused"
      ? exitNeverHere
      : stoppedBy === undefined
        ? 0
        : (exitCodes[stoppedBy as keyof typeof exitCodes] ?? 0)
  process.exit(code)
}
