/**
 * What the options of runs, trials and estimates may be: one list, which the command line keeps to
 * as well.
 */
import * as Schema from "effect/Schema"
import type { Columns } from "../../columns/Columns.ts"
import { wanted } from "../../columns/ranges.ts"
import { shownValue } from "../../columns/shownValue.ts"
import { isAddress } from "../../data/stores/storeAddress.ts"
import { type Problem, UnknownOption, WrongOption } from "../../pipeline/problems.ts"

const Amount = Schema.Number.check(Schema.isGreaterThanOrEqualTo(0))
const Count = Schema.Int.check(Schema.isGreaterThan(0))

const ranges: Columns = {
  outputDir: Schema.String,
  cacheDir: Schema.String,
  useCache: Schema.Boolean,
  retryFailed: Schema.Boolean,
  durability: Schema.Literals(["process", "power"]),
  maxCost: Amount,
  budget: Schema.Struct({
    name: Schema.String.check(Schema.isMinLength(1)),
    maxCost: Schema.Number.check(Schema.isGreaterThan(0))
  }),
  maxTokens: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
  maxRows: Count,
  maxErrorRate: Schema.Number.check(Schema.isBetween({ minimum: 0, maximum: 1 })),
  signals: Schema.Boolean,
  stopTimeout: Amount,
  progress: Schema.Literals(["auto", "live", "plain", "none"]),
  report: Schema.Boolean,
  maxRowsInFlight: Count,
  batches: Schema.Struct({
    wait: Schema.optionalKey(Schema.Boolean),
    size: Schema.optionalKey(Count),
    after: Schema.optionalKey(Amount),
    look: Schema.optionalKey(Amount),
    cancel: Schema.optionalKey(Schema.Boolean),
    keepFiles: Schema.optionalKey(Schema.Boolean)
  }),
  /** Rows of a trial. */
  batchSize: Count,
  /** Rows of an estimate. */
  sample: Count
}

/** Options that are checked where they are used. */
const others = ["parameters", "dataset", "prices", "loadGroups", "onEvent", "onSummary", "signal"]

const known = [...Object.keys(ranges), ...others]

/** All that is wrong with options, whoever gives them. */
export const optionProblems = (options: object): ReadonlyArray<Problem> => {
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  return [
    ...given.flatMap(([option]) =>
      known.includes(option) ? [] : [new UnknownOption({ option, known })]
    ),
    ...given.flatMap(([option, value]) =>
      option === "prices" ? priceProblems(value) : valueProblem(option, ranges[option], value)
    ),
    ...cacheProblems(given.find(([option]) => option === "cacheDir")?.[1])
  ]
}

/** The cache holds the journal and locks of runs, which are files that grow and are held. */
const cacheProblems = (given: unknown): ReadonlyArray<Problem> => {
  const cacheDir = given ?? process.env["DISTILABEL_CACHE_DIR"]
  if (typeof cacheDir !== "string" || !isAddress(cacheDir)) return []
  return [
    new WrongOption({
      option: given === undefined ? "DISTILABEL_CACHE_DIR" : "cacheDir",
      wants:
        "a folder of this machine, since answers are appended to its files and runs lock it (outputDir may be an address)",
      gets: shownValue(cacheDir)
    })
  ]
}

const priceProblems = (prices: unknown): ReadonlyArray<Problem> =>
  Object.entries(prices as Readonly<Record<string, unknown>>).flatMap(([model, price]) =>
    ["input", "output"].flatMap((side) =>
      valueProblem(
        `prices["${model}"].${side}`,
        Amount,
        (price as Readonly<Record<string, unknown>> | null)?.[side]
      )
    )
  )

const valueProblem = (
  option: string,
  schema: Schema.Constraint | undefined,
  value: unknown
): ReadonlyArray<Problem> =>
  schema === undefined || Schema.is(schema as Schema.Codec<unknown>)(value)
    ? []
    : [new WrongOption({ option, wants: wanted(schema), gets: shownValue(value) })]
