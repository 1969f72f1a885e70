/** `distilabel-ts cluster status`: shows the runs that are announced in a Redis. */
import { Broker } from "../cluster/Broker.ts"
import { type RunStatus, statusOf } from "../cluster/status.ts"
import { workerCells } from "../run/display/clusterProgress.ts"
import { counted } from "../words/figures.ts"
import { duration, table } from "../words/terminal.ts"
import { brokerAddress, queueName } from "./brokerAddress.ts"

interface StatusOptions {
  readonly queue: string | undefined
  readonly json: boolean
}

/** Runs the command; gives the exit code. */
export const statusCommand = async (
  address: string | undefined,
  { json, queue }: StatusOptions
): Promise<number> => {
  const broker = await Broker.open(brokerAddress("cluster status", address))
  try {
    const runs = await statusOf(broker, queueName("cluster status", queue))
    if (json) console.log(JSON.stringify(runs, undefined, 2))
    else if (runs.length === 0) console.log(`No runs at ${broker.shown}.`)
    else console.log(runs.map(statusText).join("\n\n"))
  } finally {
    broker.close()
  }
  return 0
}

/** A coordinator says something every second. */
const silentSeconds = 10

const statusText = (run: RunStatus): string => {
  const { coordinator, folder, pipeline, queue, shards, silent, stopping, workers } = run
  const joined = workers.filter(({ refused }) => refused === undefined)
  const [host, pid] = coordinator.split(" ")
  const away =
    silent < silentSeconds ? "" : `, silent for ${duration(silent)}: start the same command again`
  const { active = 0, failed = 0, prioritized = 0 } = queue
  return [
    `${pipeline}  ${folder}  ${counted(shards, "shard")}${stopping === undefined ? "" : `  stopping (${stopping})`}`,
    `  coordinator ${host}:${pid}${away}`,
    `  queue: ${active} worked on, ${prioritized} wait, ${failed} failed`,
    joined.length === 0
      ? "  no workers"
      : table(joined.map((worker) => workerCells(worker, joined))),
    ...workers.flatMap(({ host, pid, refused }) =>
      refused === undefined ? [] : [`  ${host}:${pid} does not take it: ${refused}`]
    )
  ].join("\n")
}
