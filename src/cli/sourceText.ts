/** What is known of a pipeline, in words for a terminal. */
import type {
  SourceColumn,
  SourceParameter,
  SourcePlace,
  SourceProblem,
  SourceReport,
  SourceStep
} from "../codegen/read/SourceReport.ts"
import { colorsFor } from "../run/display/colors.ts"
import { counted } from "../words/figures.ts"
import { table } from "../words/terminal.ts"

const { bold, dim, red } = colorsFor(process.stdout)

const placeText = ({ column, file, line }: SourcePlace): string => `${file}:${line}:${column}`

export const problemsText = (problems: ReadonlyArray<SourceProblem>): string =>
  problems
    .map(
      (problem) =>
        `${bold(placeText(problem))} ${red(problem.kind)} ${problem.message}${problem.code.startsWith("TS") ? dim(` (${problem.code})`) : ""}`
    )
    .join("\n")

/** How long it took. */
export const timeText = ({ seconds }: SourceReport): string => dim(`(${seconds.toFixed(1)} s)`)

const columnText = ({ name, optional, type }: SourceColumn): string =>
  `${name}${optional ? "?" : ""}: ${type}`

const columnsText = (columns: ReadonlyArray<SourceColumn>): string =>
  columns.map(columnText).join(", ")

/** Lines under a heading, which stands before the first. */
const under = (heading: string, lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.map((line, i) => `  ${(i === 0 ? heading : "").padEnd(11)} ${line}`)

/** A step, with its place where it has one. */
export type ShownStep = Omit<SourceStep, "place"> & { readonly place?: SourcePlace }

/** What is shown of a pipeline, wherever it comes from. */
export interface ShownPipeline extends Pick<
  SourceReport,
  "name" | "description" | "subsets" | "unplaced" | "notFollowed"
> {
  readonly steps: ReadonlyArray<ShownStep>
}

/** How many steps there are, as far as can be told without running it. */
export const stepsText = ({
  steps,
  unplaced
}: Pick<ShownPipeline, "steps" | "unplaced">): string => {
  const several = steps.some(({ times }) => times === "several")
  const count = steps.reduce(
    (sum, { times = 1 }) => sum + (times === "several" ? 1 : times),
    unplaced.length
  )
  return `${several ? "at least " : ""}${counted(count, "step")}`
}

export const infoText = (shown: ShownPipeline): string => {
  const { description, name, notFollowed, steps, subsets, unplaced } = shown
  return [
    [
      `${bold(name ?? "a pipeline")}${description === undefined ? "" : `: ${description}`}`,
      `${stepsText(shown)}, ${counted(subsets.length, "subset")}`
    ].join("\n"),
    ...steps.map(stepText),
    ...unplaced.map(({ name, parameters }) =>
      [bold(name), ...under("parameters", parameterLines(parameters))].join("\n")
    ),
    ...subsets.map(({ columns, name }) =>
      [
        `${bold(name)} ${dim("subset of the dataset")}`,
        ...under("columns", columns.map(columnText))
      ].join("\n")
    ),
    ...(notFollowed.length === 0
      ? []
      : [
          [
            "Only what types tell is known of what is made here; running it tells all:",
            ...notFollowed.map((place) => `  ${placeText(place)} ${dim(place.text)}`)
          ].join("\n")
        ])
  ].join("\n\n")
}

const stepText = (step: ShownStep): string => {
  const {
    after,
    before,
    from,
    gets,
    input,
    kind,
    model,
    name,
    oneOf,
    parameters,
    place,
    reads,
    times = 1,
    type
  } = step
  const added = after.filter(
    (column) => !before.some((old) => old.name === column.name && old.type === column.type)
  )
  const removed = before.filter((column) => !after.some((left) => left.name === column.name))
  return [
    `${bold(name)} ${[type, ...(kind === "step" || type.toLowerCase().startsWith(kind) ? [] : [kind]), ...(model === undefined ? [] : [model])].join(", ")}${times === 1 ? "" : ` ${times === "several" ? "several times" : `${times} times`}`}${place === undefined ? "" : ` ${dim(placeText(place))}`}`,
    ...(from.length === 0
      ? []
      : under("after", [`${from.join(", ")}${gets === "every row" ? "" : ` (${gets})`}`])),
    ...(reads.length === 0 ? [] : under("reads", [columnsText(reads)])),
    ...(oneOf.length === 0 ? [] : under("reads", [oneOf.map(columnsText).join(", or ")])),
    ...(Object.keys(input).length === 0
      ? []
      : under("maps", [
          Object.entries(input)
            .map(([own, column]) => `${column} as ${own}`)
            .join(", ")
        ])),
    ...(added.length === 0 ? [] : under("adds", [columnsText(added)])),
    ...(removed.length === 0
      ? []
      : under("removes", [removed.map((column) => column.name).join(", ")])),
    ...under("parameters", parameterLines(parameters))
  ].join("\n")
}

const longestType = 48

const parameterLines = (parameters: ReadonlyArray<SourceParameter>): ReadonlyArray<string> => {
  const rows = parameters.map(({ about, name, optional, type }) => [
    name,
    type.length > longestType ? `${type.slice(0, longestType - 1)}…` : type,
    optional ? about : `must be set. ${about}`.trimEnd()
  ])
  return rows.length === 0
    ? []
    : table(rows)
        .split("\n")
        .map((line) => line.trim())
}
