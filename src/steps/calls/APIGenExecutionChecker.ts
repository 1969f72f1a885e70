/** APIGenExecutionChecker: calls of functions are carried out, to see whether they succeed. */
import { resolve } from "node:path"
import { pathToFileURL } from "node:url"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Semaphore from "effect/Semaphore"
import type { RowOf } from "../../columns/Columns.ts"
import { parseExactly } from "../../columns/exactJson.ts"
import type { Mapped, Names, Renamed, RenamedOut } from "../../columns/mapping.ts"
import type { Row } from "../../columns/Row.ts"
import { withColumns } from "../../columns/Shape.ts"
import { checkedOptions } from "../../step/checkedOptions.ts"
import type { DefinedStep, DefinedStepOptions } from "../../step/defineStep.ts"
import { define, defined } from "../../step/Definition.ts"
import { elsewhere } from "../../step/inThreads.ts"
import { detailOf, StepFailed } from "../../step/StepFailed.ts"
import { stepOf } from "../../step/stepOf.ts"
import type { Call, CallResult } from "./callThreadEntry.ts"

const reads = { answers: Schema.NullOr(Schema.String) }
const adds = {
  keep_row_after_execution_check: Schema.Boolean,
  execution_result: Schema.Array(Schema.String)
}

export interface APIGenExecutionCheckerOptions<
  Name extends string,
  InputMap,
  OutputMap
> extends DefinedStepOptions<Name, InputMap, OutputMap> {
  /** The module whose functions are called: its path or its `file:` address. */
  readonly libpath: string
  /** How many seconds a call may take. Default 5. */
  readonly timeLimit?: number
}

export const definition = define({
  type: "APIGenExecutionChecker",
  about: "Carries out calls of functions that a model wrote, and marks rows whose calls succeed.",
  cites: `@misc{liu2024apigen,
  title = {APIGen: Automated Pipeline for Generating Verifiable and Diverse Function-Calling Datasets},
  author = {Zuxin Liu and Thai Hoang and Jianguo Zhang and Ming Zhu and Tian Lan and Shirley Kokane and Juntao Tan and Weiran Yao and Zhiwei Liu and Yihao Feng and Rithesh Murthy and Liangwei Yang and Silvio Savarese and Juan Carlos Niebles and Huan Wang and Shelby Heinecke and Caiming Xiong},
  year = {2024},
  eprint = {2406.18518},
  archivePrefix = {arXiv}
}`,
  options: {
    libpath: Schema.String,
    timeLimit: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThan(0)))
  },
  defaults: { timeLimit: 5 },
  // What is not made callable counts as dangerous.
  python: { lacks: ["timeLimit"], ignores: { check_is_dangerous: [true] } }
})

/**
 * Carries out calls of functions that a model wrote, and marks rows whose calls succeed.
 *
 * The functions are those that the module `libpath` exports and that `callable` made: calls reach
 * no others. They run in a thread of their own, one call after the other; a call that takes longer
 * than `timeLimit` ends the thread and fails, and the next one gets a new thread. Arguments are
 * checked by the schemas of the parameters. They go by their names, and are never evaluated.
 *
 * @example
 *   const executed = APIGenExecutionChecker({ name: "executed", libpath: "./functions.ts" })
 *
 * @reads answers string or null — the calls as a JSON list of `{ name, arguments }`, as `APIGenGenerator` writes them
 * @adds keep_row_after_execution_check boolean — whether there are calls and all succeed
 * @adds execution_result list of strings — what each call returned, a text as it is and other values as JSON, or why it failed
 * @fails RowFailed when `answers` is no list of calls; StepFailed when the module cannot be loaded, or exports no callable function
 * @source https://arxiv.org/abs/2406.18518
 */
export const APIGenExecutionChecker = defined(
  definition,
  <
    const Name extends string,
    const InputMap extends Names<RowOf<typeof reads>> = {},
    const OutputMap extends Names<RowOf<typeof adds>> = {}
  >(
    options: APIGenExecutionCheckerOptions<
      Name,
      Mapped<InputMap, RowOf<typeof reads>>,
      Mapped<OutputMap, RowOf<typeof adds>>
    >
  ): DefinedStep<
    "APIGenExecutionChecker",
    Name,
    Renamed<RowOf<typeof reads>, InputMap>,
    RenamedOut<RowOf<typeof adds>, InputMap, OutputMap>
  > => {
    const { libpath, timeLimit } = checkedOptions(
      "APIGenExecutionChecker",
      definition.options,
      { ...definition.defaults },
      options
    ) as { readonly libpath: string; readonly timeLimit: number }
    // With another text of the module, the step is another one.
    const given = { ...options, process: elsewhere("*", () => addressOf(libpath)) }
    return stepOf(definition, given, {
      kind: "step",
      reads,
      gives: (have) => withColumns(have, adds),
      extendsRows: true,
      declares: { columns: adds, open: false },
      keepsOutputs: true,
      open: () =>
        Effect.gen(function* () {
          const { CallThread } = yield* Effect.promise(() => import("./CallThread.ts"))
          const thread = yield* Effect.acquireRelease(
            Effect.sync(() => new CallThread(addressOf(libpath))),
            (opened) => Effect.promise(() => opened.end())
          )
          const failed = (detail: string): StepFailed =>
            new StepFailed({
              step: options.name,
              phase: "load",
              reason: "LibraryFailed",
              detail: `${libpath} ${detail}`
            })
          const names = yield* Effect.tryPromise({
            try: () => thread.names(),
            catch: (thrown) => failed(`cannot be loaded: ${detailOf(thrown)}`)
          })
          if (names.length === 0)
            return yield* failed(
              "exports no function that calls may name. Make it with callable({ parameters, call })."
            )
          const turn = yield* Semaphore.make(1)
          const result = (call: Call | null): Effect.Effect<CallResult, unknown> =>
            call === null
              ? Effect.succeed({ ok: false, text: "there is no call here" })
              : turn.withPermit(
                  Effect.tryPromise({
                    try: () => thread.call(call, timeLimit),
                    catch: (thrown) => thrown
                  })
                )
          return {
            kind: "row" as const,
            process: (row: Row) =>
              Effect.suspend(() => Effect.forEach(callsIn(row["answers"]), result)).pipe(
                Effect.map((results) => [{ row: { ...row, ...judged(results) } }])
              )
          }
        })
    })
  }
)

const addressOf = (libpath: string): string =>
  libpath.startsWith("file:") ? libpath : pathToFileURL(resolve(libpath)).href

const judged = (results: ReadonlyArray<CallResult>): RowOf<typeof adds> => ({
  keep_row_after_execution_check: results.length > 0 && results.every(({ ok }) => ok),
  execution_result: results.length === 0 ? ["there are no calls"] : results.map(({ text }) => text)
})

/** The calls of a row; null in place of one that the model left out. Throws at what is no call. */
const callsIn = (answers: unknown): ReadonlyArray<Call | null> => {
  if (answers === null || answers === "") return []
  let calls: unknown
  try {
    calls = parseExactly(String(answers))
  } catch (thrown) {
    throw new Error(`'answers' is no JSON: ${detailOf(thrown)}`, { cause: thrown })
  }
  if (!Array.isArray(calls)) throw new Error("'answers' is no list of calls")
  return calls.map((call: unknown, i) => {
    if (call === null) return null
    const { arguments: args = {}, name } = call as {
      readonly name?: unknown
      readonly arguments?: unknown
    }
    if (typeof name !== "string") throw new Error(`call ${i + 1} of 'answers' names no function`)
    if (typeof args !== "object" || args === null || Array.isArray(args))
      throw new Error(`the arguments of call ${i + 1} of 'answers' are no object`)
    return { name, args: args as Row }
  })
}
