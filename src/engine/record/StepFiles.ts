/**
 * The files of steps that write their rows while the run goes on. Each follows the checkpoints as a
 * leaf's files do: what stands behind the last one is cut off and written again.
 */
import { rmSync } from "node:fs"
import { resolve } from "node:path"
import * as Effect from "effect/Effect"
import { type FileMark, JsonLinesWriter } from "../../data/files/JsonLines.ts"
import type { Graph } from "../../pipeline/Graph.ts"
import { detailOf, StepFailed } from "../../step/StepFailed.ts"
import type { StepFile } from "../../step/StepFile.ts"
import type { Sink } from "../nodes/LeafRun.ts"

/** What the steps of a graph write, by their names. */
export type FilesOfSteps = ReadonlyMap<string, StepFile>

export const filesOfSteps = (graph: Graph): FilesOfSteps =>
  new Map(
    [...graph.nodes].flatMap(([name, { step }]) =>
      step.file === undefined ? [] : [[name, step.file] as const]
    )
  )

/** Fails if two would write to one file; `taken` are the run's own. */
export const checkFiles = (
  files: FilesOfSteps,
  taken: ReadonlyArray<string>
): Effect.Effect<void, StepFailed> =>
  Effect.suspend(() => {
    const writers = new Map(taken.map((path) => [resolve(path), "the run's result"]))
    for (const [step, { path, rows }] of files) {
      const other = writers.get(path) ?? writers.get(rows)
      if (other !== undefined)
        return new StepFailed({
          step,
          phase: "load",
          reason: "SameFile",
          detail: `it would write to '${path}', and so would ${other}. Give each a path of its own.`
        })
      writers.set(path, `step '${step}'`).set(rows, `step '${step}'`)
    }
    return Effect.void
  })

export class StepFiles {
  readonly #files: FilesOfSteps
  readonly #writers = new Map<string, JsonLinesWriter>()
  /** Why rows that came between two checkpoints could not be written. */
  #failure: StepFailed | undefined

  /**
   * Begins the files of a run, or resumes those of an earlier one after the marks: in `left`, by
   * the names that they are to have. Throws `StepFailed` for one that cannot be written.
   */
  constructor(
    files: FilesOfSteps,
    marks: Readonly<Record<string, FileMark>> | undefined,
    left: ReadonlyMap<string, string>
  ) {
    this.#files = files
    for (const [step, { rows }] of files) {
      const mark = marks?.[step]
      const resumed = mark === undefined ? undefined : { mark, file: left.get(rows) ?? rows }
      this.#writers.set(
        step,
        told(step, "load", () => new JsonLinesWriter(rows, resumed))
      )
    }
  }

  /** Where the rows of a step go. Error rows are not in its file. */
  sink(step: string): Sink {
    const writer = this.#writers.get(step)!
    return {
      row: (row, text) => {
        this.#check()
        told(step, "process", () => writer.write(row, text))
      },
      error: () => {}
    }
  }

  /** Writes all that has come to a step so far; gives how much that is. */
  mark(step: string): FileMark {
    this.#check()
    const writer = this.#writers.get(step)!
    return told(step, "process", () => writer.mark())
  }

  /** Writes all that has come so far. What cannot be written fails the run with its next row. */
  readonly flush = (): void => {
    try {
      for (const step of this.#writers.keys()) this.mark(step)
    } catch (thrown) {
      this.#failure ??= thrown as StepFailed
    }
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Gives the files their names, once all rows are there. */
  get complete(): Effect.Effect<void, StepFailed> {
    return Effect.forEach(
      this.#files,
      ([step, { complete }]) =>
        Effect.andThen(
          Effect.try({
            try: () => {
              this.#check()
              this.#writers.get(step)!.close()
            },
            catch: (thrown) =>
              thrown instanceof StepFailed ? thrown : failedTo(step, "process", thrown)
          }),
          complete ?? Effect.void
        ),
      { discard: true }
    )
  }

  /** Removes what complete files were made of, when no run will go on from there any more. */
  discard(): void {
    for (const { complete, rows } of this.#files.values())
      if (complete !== undefined) rmSync(rows, { force: true })
  }

  /** Leaves the files of a run that did not end well under their provisional names. */
  abandon(): void {
    for (const writer of this.#writers.values()) writer.abandon()
  }
}

const told = <A>(step: string, phase: "load" | "process", write: () => A): A => {
  try {
    return write()
  } catch (thrown) {
    throw failedTo(step, phase, thrown)
  }
}

const failedTo = (step: string, phase: "load" | "process", thrown: unknown): StepFailed =>
  new StepFailed({ step, phase, reason: "NotWritten", detail: detailOf(thrown) })
