/**
 * What Python lets pass, and so do we in its documents: rows that are paired by position, and nulls
 * where a value is wanted.
 */
import { assignable } from "../../columns/assignable.ts"
import { own } from "../../columns/own.ts"
import { withoutNull } from "../../columns/withoutNull.ts"
import { check, type Checked } from "../../pipeline/check.ts"
import type { Graph, WrittenGraph } from "../../pipeline/Graph.ts"
import type { Problem } from "../../pipeline/problems.ts"
import { readsInFlow } from "../../step/mapping.ts"

interface CheckedAsPython extends Checked {
  /** Problems that Python does not see. */
  readonly lets: ReadonlyArray<Problem>
}

/**
 * Checks a graph of Python's. Flows without a common source are zipped: `graphOf` makes the graph
 * with those steps that pair by position.
 */
export const asPython = (
  graphOf: (zipped: ReadonlySet<string>) => WrittenGraph
): CheckedAsPython => {
  const first = check(graphOf(new Set()))
  const apart = first.problems.flatMap((problem) =>
    problem._tag === "NoCommonSource" ? [problem.step] : []
  )
  const { graph, problems } = apart.length === 0 ? first : check(graphOf(new Set(apart)))
  const lets = problems.filter((problem) => isNullOnly(problem, graph))
  return { graph, problems: problems.filter((problem) => !lets.includes(problem)), lets }
}

const isNullOnly = (problem: Problem, { incoming, nodes }: Graph): boolean => {
  if (problem._tag !== "WrongType") return false
  const have = own(incoming.get(problem.step)?.columns ?? {}, problem.column)
  const node = nodes.get(problem.step)
  const want = node === undefined ? undefined : readsInFlow(node.step).columns[problem.column]
  return have !== undefined && want !== undefined && assignable(withoutNull(have), want)
}
