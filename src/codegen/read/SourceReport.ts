/** What can be told of a pipeline from its source: plain data, as `check` and `info` print it. */
import type { Problem } from "../../pipeline/problems.ts"

/** A place in a source file; lines and columns count from 1. */
export interface SourcePlace {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** One thing that is wrong. */
export interface SourceProblem extends SourcePlace {
  /**
   * `syntax`: the file cannot be read; `module`: an import or the default export; `wiring`: steps
   * do not fit; `types`: any other error of the compiler.
   */
  readonly kind: "syntax" | "module" | "wiring" | "types"
  /** The compiler's number of it, or the problem's tag. */
  readonly code: string
  readonly message: string
  /** The problem as the check at run time would give it. */
  readonly problem?: Problem
}

/** A column, with its type in TypeScript's words. */
export interface SourceColumn {
  readonly name: string
  readonly type: string
  readonly optional: boolean
}

/** Something that `run({ parameters })` may set, by its path: `llm.generationKwargs.temperature`. */
export interface SourceParameter extends SourceColumn {
  /** What its docstring says. */
  readonly about: string
}

/**
 * A step. A name that is known only when the pipeline runs is given as its pattern:
 * `answer_${string}`.
 */
export interface SourceStep {
  readonly name: string
  /** What made it: `TextGeneration`, `step`. */
  readonly type: string
  readonly kind: "generator" | "step" | "global" | "join" | "concat"
  /** Its model, where it is known. */
  readonly model?: string
  /** How many steps it stands for, where that is not one. */
  readonly times?: number | "several"
  /** Where it is made. */
  readonly place: SourcePlace
  /** Names of the steps that it gets rows from. */
  readonly from: ReadonlyArray<string>
  /** How rows come to it. */
  readonly gets:
    | "nothing"
    | "every row"
    | "some rows or batches"
    | "branches joined"
    | "rows paired by position"
    | "flows one after the other"
  readonly reads: ReadonlyArray<SourceColumn>
  /** Where it reads one of several sets of columns. */
  readonly oneOf: ReadonlyArray<ReadonlyArray<SourceColumn>>
  /** Columns of the flow that it reads under its own names. */
  readonly input: Readonly<Record<string, string>>
  /** Columns that come to it, and that leave it. */
  readonly before: ReadonlyArray<SourceColumn>
  readonly after: ReadonlyArray<SourceColumn>
  readonly parameters: ReadonlyArray<SourceParameter>
}

/** A subset of the dataset. */
export interface SourceSubset {
  readonly name: string
  readonly columns: ReadonlyArray<SourceColumn>
}

export interface SourceReport {
  readonly file: string
  readonly name: string | undefined
  readonly description: string | undefined
  /** Steps in the order in which rows come to them. */
  readonly steps: ReadonlyArray<SourceStep>
  readonly subsets: ReadonlyArray<SourceSubset>
  /**
   * Steps of which nothing but the name and the parameters can be told, since the source makes them
   * in a way that cannot be followed without running it.
   */
  readonly unplaced: ReadonlyArray<{
    readonly name: string
    readonly parameters: ReadonlyArray<SourceParameter>
  }>
  /** Places where following the source ended. */
  readonly notFollowed: ReadonlyArray<SourcePlace & { readonly text: string }>
  readonly problems: ReadonlyArray<SourceProblem>
  readonly seconds: number
}
