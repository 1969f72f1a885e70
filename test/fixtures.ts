/**
 * Recorded behaviour of Python's distilabel 1.5.3: given rows, options and answers, and what it
 * made of them.
 */
import { readFileSync } from "node:fs"
import type { Row } from "../src/columns/Row.ts"

export interface Fixture {
  readonly config: Row
  readonly inputs: ReadonlyArray<Row> | ReadonlyArray<ReadonlyArray<Row>>
  readonly outputs: ReadonlyArray<Row> | null
  readonly error: string | null
  readonly predecessors?: number
  readonly offset?: number
  readonly note?: string
  readonly defect?: number
  readonly suspect?: boolean
  readonly step?: string
  readonly task?: string
  readonly generations?: ReadonlyArray<ReadonlyArray<string | null>>
  readonly statistics?: ReadonlyArray<Readonly<Record<string, ReadonlyArray<number>>> | null>
  readonly extra?: ReadonlyArray<Row>
  readonly structured?: boolean
  readonly messages?: ReadonlyArray<unknown>
}

/** The cases of a file, each with a title that tells them apart. */
export const fixtures = (name: string): ReadonlyArray<Fixture & { readonly title: string }> =>
  readFileSync(new URL(`fixtures/${name}.jsonl`, import.meta.url), "utf8")
    .trim()
    .split("\n")
    .map((line, i) => {
      const fixture = JSON.parse(line) as Fixture
      return {
        ...fixture,
        title: `${i + 1}: ${fixture.note ?? fixture.error ?? JSON.stringify(fixture.config)}`
      }
    })

/** `output_columns` as `outputColumns`. */
export const camelCased = (config: Row): Row =>
  Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      key.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
      value
    ])
  )
