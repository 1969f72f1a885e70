/** Where in a document a problem of its graph is. */
import type { Problem } from "../../pipeline/problems.ts"
import type { PipelineDocument } from "../tree/DocumentSchema.ts"
import type { Path } from "../tree/Tree.ts"

interface Place {
  readonly path: Path
  readonly part: "key" | "value"
}

/** The place that one has to mend: a mapping, a connection, a batch size, or the step. */
export const placeOf = (
  problem: Problem,
  { pipeline }: PipelineDocument,
  names: ReadonlyArray<string>
): Place => {
  const name = "step" in problem ? problem.step : "group" in problem ? (problem.group[0] ?? "") : ""
  const found = problem._tag === "TakenName" ? names.lastIndexOf(name) : names.indexOf(name)
  if (found < 0) return { path: ["pipeline"], part: "key" }
  const step: Path = ["pipeline", "steps", found, "step"]
  const fields = pipeline.steps[found]!.step
  switch (problem._tag) {
    case "UnknownMapping":
      return { path: [...step, `${problem.side}_mappings`, problem.column], part: "key" }
    case "MissingColumn":
    case "WrongType": {
      const mapped = Object.entries(fields.input_mappings ?? {}).find(
        ([, column]) => column === problem.column
      )
      return mapped === undefined
        ? { path: [...step, "name"], part: "value" }
        : { path: [...step, "input_mappings", mapped[0]], part: "value" }
    }
    case "BatchSizesDisagree":
      return { path: [...step, "input_batch_size"], part: "value" }
    case "InACycle":
    case "NotAJoinStep":
    case "GeneratorAfterStep": {
      const connection = (pipeline.connections ?? []).findIndex(({ from, to }) =>
        problem._tag === "InACycle"
          ? from === fields.name
          : to?.includes(fields.name ?? name) === true
      )
      return connection < 0
        ? { path: [...step, "name"], part: "value" }
        : { path: ["pipeline", "connections", connection, "from"], part: "value" }
    }
    default:
      return { path: [...step, "name"], part: "value" }
  }
}
