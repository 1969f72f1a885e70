/**
 * How a row came about: what each task asked and was answered, from the row's own metadata, in the
 * order of the steps.
 */
import { metadataColumn } from "../../columns/metadata.ts"
import type { Row } from "../../columns/Row.ts"
import type { Attempts } from "../../step/Attempts.ts"
import { exchangeKey } from "../figures/exchangeKey.ts"
import type { RunFigures, StepFigures } from "../figures/RunFigures.ts"
import { isFailed } from "../tables/rowShape.ts"

/** One question and its answer. */
export interface Exchange {
  readonly input?: unknown
  readonly output?: unknown
  readonly statistics?: Readonly<Record<string, unknown>> | undefined
  /** What it took, if more than one attempt. */
  readonly attempts?: Attempts | undefined
}

/** A step that the row has passed. */
export interface Passed {
  readonly name: string
  /** What the run says of it. */
  readonly step: StepFigures | undefined
  readonly exchanges: ReadonlyArray<Exchange>
  /** Columns that it gave the row. */
  readonly gave: ReadonlyArray<readonly [column: string, value: unknown]>
  /** Whether the row failed here. */
  readonly failed: boolean
}

const keys = { raw_input_: "input", raw_output_: "output", statistics_: "statistics" } as const

export const lineageOf = (row: Row, figures: RunFigures | undefined): ReadonlyArray<Passed> => {
  const cells = isFailed(row) ? row.row : row
  const failedAt = isFailed(row) ? row.step : undefined
  const exchanges = exchangesOf(cells[metadataColumn])
  const steps = figures?.steps ?? []
  const known = new Set(steps.map(({ name }) => name))
  const others = [...exchanges.keys()].filter((name) => !known.has(name))
  const reached =
    failedAt === undefined
      ? steps
      : steps.slice(0, steps.findIndex(({ name }) => name === failedAt) + 1)
  const all = [
    ...reached.map((step) => ({ name: step.name, step })),
    ...others.map((name) => ({ name, step: undefined }))
  ]
  return all.flatMap(({ name, step }): ReadonlyArray<Passed> => {
    const own = (exchanges.get(name) ?? []).map((exchange) => ({
      ...exchange,
      attempts: figures?.late?.[exchangeKey(name, exchange.input, exchange.output)]
    }))
    const failed = name === failedAt
    const gave =
      own.length > 0 || step?.model !== undefined
        ? []
        : (step?.adds ?? [])
            .filter((column) => column in cells)
            .map((column) => [column, cells[column]] as const)
    // A task that left nothing has not seen the row, or keeps no record: nothing is known of it.
    if (own.length === 0 && gave.length === 0 && !failed) return []
    return [{ name, step, exchanges: own, gave, failed }]
  })
}

const exchangesOf = (metadata: unknown): ReadonlyMap<string, ReadonlyArray<Exchange>> => {
  const found = new Map<string, Array<Exchange>>()
  for (const record of [metadata].flat() as ReadonlyArray<unknown>) {
    if (typeof record !== "object" || record === null) continue
    const own = new Map<string, Record<string, unknown>>()
    for (const [key, value] of Object.entries(record)) {
      const prefix = (Object.keys(keys) as ReadonlyArray<keyof typeof keys>).find((each) =>
        key.startsWith(each)
      )
      if (
        prefix === undefined ||
        value === undefined ||
        (value === null && prefix === "raw_input_")
      )
        continue
      const name = key.slice(prefix.length)
      own.set(name, { ...own.get(name), [keys[prefix]]: value })
    }
    for (const [name, exchange] of own)
      found.set(name, [...(found.get(name) ?? []), ...callsOf(exchange)])
  }
  return found
}

/** A step that asks several times for a row tells its calls in lists. */
const callsOf = (exchange: Exchange): ReadonlyArray<Exchange> => {
  const { input, output, statistics } = exchange
  if (!Array.isArray(output)) return [exchange]
  return (output as ReadonlyArray<unknown>).map((text, i) => ({
    ...(Array.isArray(input) ? { input: (input as ReadonlyArray<unknown>)[i] } : {}),
    output: text,
    statistics:
      statistics === undefined
        ? undefined
        : Object.fromEntries(
            Object.entries(statistics).map(([name, counts]) => [
              name,
              Array.isArray(counts) ? (counts as ReadonlyArray<unknown>)[i] : counts
            ])
          )
  }))
}
