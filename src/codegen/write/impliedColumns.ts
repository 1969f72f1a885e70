/**
 * What a graph implies of steps that are not here: the columns that they must give, for all that
 * comes after them to fit.
 */
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import { assignable } from "../../columns/assignable.ts"
import type { Columns } from "../../columns/Columns.ts"
import { required, withColumns } from "../../columns/Shape.ts"
import { withoutNull } from "../../columns/withoutNull.ts"
import { check } from "../../pipeline/check.ts"
import type { Graph, GraphNode, WrittenGraph } from "../../pipeline/Graph.ts"
import type { Problem } from "../../pipeline/problems.ts"
import { withNulls } from "../../step/allowNulls.ts"
import { readsInFlow } from "../../step/mapping.ts"
import type { StepData } from "../../step/Step.ts"

/**
 * A step whose columns nobody knows: one of a class that is not here, a task of one, rows that are
 * not here, lists of such rows' values, or a source that may have any column.
 */
export type Unknown = "step" | "task" | "rows" | "samples" | "source"

/** Columns that unknown steps give, under their own names. */
export type Implied = ReadonlyMap<string, Columns>

export interface ImpliedColumns {
  readonly implied: Implied
  /** Columns of the flow, by step, that may be null where the step wants a value. */
  readonly nulls: ReadonlyMap<string, ReadonlySet<string>>
  /** What no columns could mend. */
  readonly problems: ReadonlyArray<Problem>
}

/** Columns of tasks that nobody declares. */
const ofTasks: Columns = {
  model_name: Schema.String,
  distilabel_metadata: Schema.Record(Schema.String, Schema.Unknown)
}

/**
 * Finds them by the check itself: what it misses is added to the nearest unknown step before, until
 * it misses nothing more.
 */
export const impliedColumns = (
  { leaves, nodes, routings }: Graph,
  unknown: ReadonlyMap<string, Unknown>
): ImpliedColumns => {
  const implied = new Map<string, Columns>(
    [...unknown.keys()].map((name) => [name, declared(nodes.get(name)!.step, unknown.get(name)!)])
  )
  const nulls = new Map<string, ReadonlySet<string>>()
  const written = (): WrittenGraph => ({
    leaves,
    routings,
    nodes: [...nodes.values()].map((node) =>
      asImplied(node, implied.get(node.name), unknown.get(node.name), nulls.get(node.name))
    )
  })
  for (let rounds = 0; rounds < mostRounds; rounds++) {
    const { graph, problems } = check(written())
    const now = () => check(written()).problems
    if (problems.some((problem) => mendList(problem, graph, implied, now))) continue
    const mended = problems.filter((problem) => mend(problem, graph, unknown, implied, nulls))
    if (mended.length > 0) continue
    // Types that nobody told may be anything.
    if (problems.length > 0 && loosened(implied)) continue
    return { implied, nulls, problems }
  }
  return { implied, nulls, problems: [] }
}

const mostRounds = 1000

/** What the step's own words say that it gives. */
const declared = ({ gives, mappings, reads }: StepData, kind: Unknown): Columns => {
  const said = gives({ columns: reads.columns, open: false }).columns
  const own = Object.fromEntries(
    Object.entries(said)
      .filter(([column, schema]) => reads.columns[column] !== schema)
      .map(([column, schema]) => [column, isAnything(schema) ? Schema.Unknown : schema])
  )
  const renamed = Object.fromEntries(
    Object.keys(mappings.output).map((column) => [column, own[column] ?? Schema.Unknown])
  )
  const all = { ...own, ...renamed }
  return kind === "task"
    ? Object.fromEntries(Object.entries(all).filter(([column]) => !(column in ofTasks)))
    : all
}

const asImplied = (
  node: GraphNode,
  columns: Columns | undefined,
  kind: Unknown | undefined,
  nulls: ReadonlySet<string> | undefined
): GraphNode => {
  const { step } = node
  if (columns === undefined) {
    if (nulls === undefined) return node
    const { input } = step.mappings
    const allowed = Object.keys(step.reads.columns).filter((own) => nulls.has(input[own] ?? own))
    return { ...node, step: withNulls(step, allowed) }
  }
  const all = kind === "task" ? { ...columns, ...ofTasks } : columns
  return {
    ...node,
    step: {
      ...step,
      gives: (have) =>
        step.kind === "generator" ? { columns: all, open: false } : withColumns(have, all)
    }
  }
}

/**
 * Has an unknown step give a list of what is wanted of its items, where a step between expands a
 * list of anything; whether that mends the problem.
 */
const mendList = (
  problem: Problem,
  graph: Graph,
  implied: Map<string, Columns>,
  problemsNow: () => ReadonlyArray<Problem>
): boolean => {
  if (problem._tag !== "WrongType") return false
  const wanted = Schema.Array(wantedBy(graph, problem.step, problem.column) as Schema.Top)
  for (const [name, columns] of implied)
    for (const [column, schema] of Object.entries(columns)) {
      if (!isListOfAnything(withoutNull(schema))) continue
      implied.set(name, { ...columns, [column]: wanted })
      const stays = problemsNow().some(
        (other) =>
          other._tag === "WrongType" &&
          other.step === problem.step &&
          other.column === problem.column
      )
      if (!stays) return true
      implied.set(name, columns)
    }
  return false
}

/** Adds what a problem misses; whether that changes anything. */
const mend = (
  problem: Problem,
  graph: Graph,
  unknown: ReadonlyMap<string, Unknown>,
  implied: Map<string, Columns>,
  nulls: Map<string, ReadonlySet<string>>
): boolean => {
  const gives = (name: string, column: string): boolean => {
    const { output } = graph.nodes.get(name)!.step.mappings
    return Object.keys(implied.get(name)!).some((own) => (output[own] ?? own) === column)
  }
  const give = (step: string, column: string, wanted: Schema.Constraint, has = false): boolean => {
    // For another type the step is asked that gives the column already, though others may be nearer.
    const giving = has
      ? suppliers(step, graph, (name) => unknown.has(name) && gives(name, column))
      : []
    const asked = giving.length > 0 ? giving : suppliers(step, graph, (name) => unknown.has(name))
    return asked
      .map((supplier) =>
        supply(graph.nodes.get(supplier)!.step, column, wanted, unknown.get(supplier)!, implied)
      )
      .includes(true)
  }
  switch (problem._tag) {
    case "MissingColumn":
      return give(problem.step, problem.column, wantedBy(graph, problem.step, problem.column))
    case "NeedsOneOf": {
      const [first = {}] = readsInFlow(graph.nodes.get(problem.step)!.step).oneOf
      return Object.entries(first)
        .map(([column, schema]) => give(problem.step, column, required(schema)))
        .includes(true)
    }
    case "BranchesDisagree":
      return give(problem.step, problem.column, Schema.Any, true)
    case "WrongType": {
      const wanted = wantedBy(graph, problem.step, problem.column)
      if (give(problem.step, problem.column, wanted, true)) return true
      const have = graph.incoming.get(problem.step)?.columns[problem.column]
      if (
        have === undefined ||
        graph.nodes.get(problem.step)!.gather !== "one" ||
        nulls.get(problem.step)?.has(problem.column) === true ||
        !assignable(withoutNull(have), wanted)
      )
        return false
      nulls.set(problem.step, new Set([...(nulls.get(problem.step) ?? []), problem.column]))
      return true
    }
    default:
      return false
  }
}

const wantedBy = (graph: Graph, step: string, column: string): Schema.Constraint => {
  const wanted = readsInFlow(graph.nodes.get(step)!.step).columns[column]
  return wanted === undefined || isAnything(wanted) ? Schema.Unknown : required(wanted)
}

/** The nearest steps before a step that could give a column, on each way to it. */
const suppliers = (
  name: string,
  { nodes }: Graph,
  could: (name: string) => boolean
): ReadonlyArray<string> => {
  const found = new Set<string>()
  const waiting = [...(nodes.get(name)?.from ?? [])]
  const seen = new Set<string>()
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue
    seen.add(next)
    if (could(next)) found.add(next)
    else waiting.push(...(nodes.get(next)?.from ?? []))
  }
  return [...found]
}

/** Has an unknown step give a column of the flow; whether that is new. */
const supply = (
  { mappings: { output }, name }: StepData,
  column: string,
  wanted: Schema.Constraint,
  kind: Unknown,
  implied: Map<string, Columns>
): boolean => {
  const own = Object.entries(output).find(([, flow]) => flow === column)?.[0] ?? column
  // Under this name the step's column goes on as another.
  if (output[own] !== undefined && output[own] !== column) return false
  if (kind === "task" && own in ofTasks) return false
  // Each of its columns is a list.
  if (kind === "samples" && !isList(wanted))
    return (
      isAnything(wanted) &&
      supply(
        { mappings: { output }, name } as StepData,
        column,
        Schema.Array(Schema.Unknown),
        kind,
        implied
      )
    )
  const columns = implied.get(name)!
  const now = columns[own]
  if (now !== undefined && (now === wanted || !isNarrower(wanted, now))) return false
  implied.set(name, { ...columns, [own]: wanted })
  return true
}

const isNarrower = (wanted: Schema.Constraint, now: Schema.Constraint): boolean =>
  isAnything(now)
    ? wanted === Schema.Any
      ? now !== Schema.Any
      : !isAnything(wanted)
    : assignable(wanted, now) && !assignable(now, wanted)

/** Lets what is of no known type be anything; whether there was such. */
const loosened = (implied: Map<string, Columns>): boolean => {
  let changed = false
  for (const [name, columns] of implied) {
    implied.set(
      name,
      Object.fromEntries(
        Object.entries(columns).map(([column, schema]) => {
          if (schema !== Schema.Unknown) return [column, schema]
          changed = true
          return [column, Schema.Any]
        })
      )
    )
  }
  return changed
}

const isList = (schema: Schema.Constraint): boolean =>
  SchemaAST.isArrays(SchemaAST.toType(schema.ast))

const isListOfAnything = (schema: Schema.Constraint): boolean => {
  const ast = SchemaAST.toType(schema.ast)
  return SchemaAST.isArrays(ast) && ast.rest.every((type) => isAnything(Schema.make(type)))
}

const isAnything = (schema: Schema.Constraint): boolean => {
  const { _tag } = SchemaAST.toType(schema.ast)
  return _tag === "Any" || _tag === "Unknown"
}
