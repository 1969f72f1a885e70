/**
 * Load stages: steps that are loaded together, stage after stage, for steps that cannot be in
 * memory at the same time.
 */
import type { Graph } from "./Graph.ts"
import { type Problem, UnknownStep, WrongLoadGroup } from "./problems.ts"

/** Steps that are loaded together and alone; `sequential` loads each step alone. */
export type LoadGroups = "sequential" | ReadonlyArray<ReadonlyArray<string>>

/** The steps of each stage, or what is wrong with the groups. */
export interface Stages {
  readonly stages: ReadonlyArray<ReadonlyArray<string>>
  readonly problems: ReadonlyArray<Problem>
}

/**
 * Cuts a graph into stages: each group is one, each global step is one, and the steps between them
 * are as few as can be. A stage begins when the one before is done with all its rows.
 */
export const stagesOf = (graph: Graph, groups: LoadGroups): Stages => {
  const names = [...graph.nodes.keys()]
  const given = groups === "sequential" ? names.map((name) => [name]) : groups
  const problems = wrongGroups(names, given)
  if (problems.length > 0) return { stages: [], problems }
  const globals = names.filter(
    (name) =>
      graph.nodes.get(name)!.step.kind === "global" && !given.some((group) => group.includes(name))
  )
  const all = [...given, ...globals.map((name) => [name])]
  const groupOf = new Map(all.flatMap((group, i) => group.map((name) => [name, i] as const)))
  /** The first stage in which a group may be. */
  const earliest = all.map(() => 0)
  // Each round moves a group to a later stage; one that must come after itself moves for ever.
  for (let round = 0; round <= names.length * (all.length + 1); round++) {
    const stages = placed(graph, groupOf, earliest)
    const late = all.findIndex((group, i) => {
      const latest = Math.max(0, ...group.map((name) => stages.get(name)!))
      const shared = all.findIndex(
        (other, j) => j < i && earliest[j] === latest && other.length > 0
      )
      const stage = shared >= 0 ? latest + 1 : latest
      if (stage === earliest[i]) return false
      earliest[i] = stage
      return true
    })
    if (late < 0) return { stages: listed(stages), problems: [] }
  }
  const torn =
    all.find((group) => names.some((name) => !group.includes(name) && lies(graph, name, group))) ??
    []
  return {
    stages: [],
    problems: [
      new WrongLoadGroup({
        group: torn,
        detail:
          "another step lies between its steps, so they cannot be loaded together without it: put that step into the group, or split the group"
      })
    ]
  }
}

const wrongGroups = (
  names: ReadonlyArray<string>,
  groups: ReadonlyArray<ReadonlyArray<string>>
): ReadonlyArray<Problem> => [
  ...groups
    .flat()
    .filter((name) => !names.includes(name))
    .map((step) => new UnknownStep({ step, known: names })),
  ...groups
    .filter((group) =>
      group.some((name) => groups.filter((other) => other.includes(name)).length > 1)
    )
    .map(
      (group) =>
        new WrongLoadGroup({
          group,
          detail: "one of its steps is in another group too: a step is loaded once"
        })
    )
]

/** The stage of each step, if groups begin where they are said to. */
const placed = (
  graph: Graph,
  groupOf: ReadonlyMap<string, number>,
  earliest: ReadonlyArray<number>
): ReadonlyMap<string, number> => {
  const stages = new Map<string, number>()
  for (const { from, name } of graph.nodes.values()) {
    const group = groupOf.get(name)
    const after = from.map(
      (before) => stages.get(before)! + (groupOf.get(before) === group ? 0 : 1)
    )
    stages.set(name, Math.max(group === undefined ? 0 : earliest[group]!, 0, ...after))
  }
  return stages
}

const listed = (stages: ReadonlyMap<string, number>): ReadonlyArray<ReadonlyArray<string>> => {
  const numbers = [...new Set(stages.values())].sort((a, b) => a - b)
  return numbers.map((number) =>
    [...stages].flatMap(([name, stage]) => (stage === number ? [name] : []))
  )
}

/** Whether a step lies on a way from one of the steps to another. */
const lies = (graph: Graph, name: string, steps: ReadonlyArray<string>): boolean => {
  const before = (step: string): ReadonlySet<string> => {
    const found = new Set<string>()
    const waiting = [...graph.nodes.get(step)!.from]
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (found.has(next)) continue
      found.add(next)
      waiting.push(...graph.nodes.get(next)!.from)
    }
    return found
  }
  return (
    steps.some((step) => before(name).has(step)) && steps.some((step) => before(step).has(name))
  )
}
