/**
 * Rows for a run as the command line gives them: `rows.jsonl`, or `generator=rows.jsonl` where
 * there are several generators.
 */
import { existsSync } from "node:fs"
import { closest } from "../columns/closest.ts"
import type { Row } from "../columns/Row.ts"
import { filesOf } from "../data/files/dataFiles.ts"
import { formatOf } from "../data/files/FileFormat.ts"
import { openSequence, type RowSequence } from "../data/files/RowSequence.ts"
import { anyFiles } from "../data/stores/FileStore.ts"
import type { Graph } from "../pipeline/Graph.ts"
import { UsageError } from "./UsageError.ts"

/** Rows that can be read again and again. */
interface Rows extends AsyncIterable<Row> {
  readonly length?: number
}

/** Rows by generator; undefined if none are given. */
export const readInput = async (
  command: string,
  given: ReadonlyArray<string>,
  graph: Graph
): Promise<Readonly<Record<string, Rows>> | undefined> => {
  if (given.length === 0) return undefined
  const generators = [...graph.nodes.values()]
    .filter(({ step }) => step.kind === "generator")
    .map(({ name }) => name)
  const inputs: Record<string, Rows> = {}
  for (const text of given) {
    const { generator, path } = inputOf(command, text, generators)
    if (inputs[generator] !== undefined)
      throw new UsageError(command, `--input gives rows for '${generator}' twice`)
    inputs[generator] = await rowsIn(path)
  }
  return inputs
}

const inputOf = (
  command: string,
  text: string,
  generators: ReadonlyArray<string>
): { readonly generator: string; readonly path: string } => {
  const named = generators
    .filter((name) => text.startsWith(`${name}=`))
    .sort((a, b) => b.length - a.length)[0]
  if (named !== undefined) return { generator: named, path: text.slice(named.length + 1) }
  const [written] = /^[^=/\\]+(?==)/.exec(text) ?? []
  if (written !== undefined && !existsSync(text)) {
    const near = closest(written, generators)
    throw new UsageError(
      command,
      `the pipeline has no generator '${written}'.${near === undefined ? "" : ` Did you mean '${near}'?`} Its generators: ${generators.join(", ")}`
    )
  }
  const [only, ...others] = generators
  if (only === undefined || others.length > 0)
    throw new UsageError(
      command,
      `the pipeline has several generators: say which gets the rows with --input NAME=FILE (${generators.join(", ")})`
    )
  return { generator: only, path: text }
}

const rowsIn = async (path: string): Promise<Rows> => {
  const files = (await filesOf(anyFiles, path)).map((file) => ({
    source: anyFiles.open(file),
    format: formatOf(file)
  }))
  const sequence = await openSequence(files, {
    declared: { columns: {}, open: true },
    counts: true
  })
  return {
    [Symbol.asyncIterator]: () => rowsOf(sequence),
    ...(sequence.length === undefined ? {} : { length: sequence.length })
  }
}

async function* rowsOf(sequence: RowSequence): AsyncGenerator<Row> {
  for await (const rows of sequence.chunks(0)) yield* rows
}
