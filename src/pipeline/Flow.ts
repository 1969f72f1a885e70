/**
 * Flows: rows on their way. A flow is an immutable value that carries the type of its rows and the
 * graph that gives them.
 */
import * as Effect from "effect/Effect"
import type * as hidden from "../columns/hidden.ts"
import type { Names as ColumnNames, Renamed } from "../columns/mapping.ts"
import type { Apply } from "../columns/Row.ts"
import { makeStep } from "../step/makeStep.ts"
import type { AnyStep, NeedOf, StepData } from "../step/Step.ts"
import type { AnyFlow, FlowNode, RoutingGroup } from "./FlowNode.ts"
import { givenFlows, givenStep, givenSteps } from "./given.ts"
import type { BatchRouting, Routing, RowRouting } from "./Routing.ts"
import * as says from "./sentences.ts"
import type { Says } from "./sentences.ts"
import type {
  Concatenated,
  Each,
  Entry,
  Fits,
  FitsJoin,
  Joined,
  KnownName,
  Named,
  OneOfEach,
  SourceEntry,
  Starts
} from "./Wire.ts"

/**
 * Rows on their way: `Have` is their type, `Last` the step they come from, `Graph` all steps so far
 * with their parameters, `Names` the names.
 *
 * `Flow<{ text: string }>` is any flow whose rows have at least these columns: for functions that
 * are parts of pipelines; see `part`. What methods give has the steps of `this`: a function whose
 * parameter is `F extends Flow<…>` passes on all that was before it, and one that takes `Flow<…>`
 * itself knows of that only that there are steps.
 */
export interface Flow<
  out Have,
  out Last extends string = string,
  out Graph = Named<string, unknown>,
  out Names extends string = string
> {
  /** Connects a step: Python's `connect` and `>>`. */
  to<S extends AnyStep>(
    step: Fits<S, Have, Names>
  ): Flow<
    Apply<S[typeof hidden.gives], Have>,
    S["name"],
    this[typeof hidden.graph] | Entry<S>,
    Names | KnownName<S>
  >
  /** Connects a step that reads columns of this flow under names of its own. */
  to<
    S extends AnyStep,
    const InputMap extends {
      readonly [C in keyof NeedOf<S>]?: Readable<Have, NeedOf<S>[C]>
    } = {}
  >(
    step: Fits<S, Have, Names, Renamed<NeedOf<S>, InputMap>>,
    edge: {
      /** Columns of this flow to be read under the step's names: `{ instruction: "prompt" }`. */
      readonly input: InputMap & ColumnNames<NeedOf<S>>
    }
  ): Flow<
    Apply<S[typeof hidden.gives], Have>,
    S["name"],
    this[typeof hidden.graph] | Entry<S>,
    Names | KnownName<S>
  >
  /** Connects several steps, each of which gets every row: `>> [a, b]`. */
  branch<const Steps extends ReadonlyArray<AnyStep>>(
    steps: FitsEach<Steps, Have, Names>
  ): Branches<
    Each<Have, Steps>,
    NamesOf<Steps>,
    this[typeof hidden.graph] | Entry<Steps[number]>,
    Names | KnownName<Steps[number]>
  >
  /** Connects several steps, of which the routing chooses for every batch or row: `>> fn >> [a, b]`. */
  route<const Steps>(
    by: BatchRouting | RowRouting<Have, NoInfer<RoutedName<Steps>>>,
    steps: Steps &
      (Steps extends ReadonlyArray<AnyStep>
        ? FitsEach<Steps, Have, Names>
        : {
            readonly [X in Says<typeof says.routingNeedsList>]: {
              readonly write: ".route(by, [a, b])"
            }
          })
  ): Steps extends ReadonlyArray<AnyStep>
    ? Branches<
        Each<Have, Steps>,
        NamesOf<Steps>,
        this[typeof hidden.graph] | Entry<Steps[number]>,
        Names | KnownName<Steps[number]>
      >
    : never
  readonly node: FlowNode
  readonly [hidden.row]?: Have
  readonly [hidden.last]?: Last
  /** Not optional: `this` has just these steps. */
  readonly [hidden.graph]: Graph
  readonly [hidden.names]?: Names
}

/**
 * Columns whose values can be read as `Want`. The result of a conditional: the editor shows that by
 * its columns, and an alias by its name.
 */
type Readable<Have, Want> = [Have] extends [never]
  ? never
  : // Told by the keys that are left: a lookup of all values costs a seventh more in a chain of mapped steps.
    keyof {
      readonly [H in keyof Have & string as Have[H] extends Want ? H : never]: unknown
    }

type FitsEach<Steps extends ReadonlyArray<AnyStep>, Have, Names> = {
  // Two steps of a list that share a name are both told so; where the list is no tuple, run time tells.
  readonly [I in keyof Steps]: [PlacesOf<Steps, Steps[I]["name"]>] extends [I]
    ? Fits<Steps[I], Have, Names>
    : string extends Steps[I]["name"]
      ? Fits<Steps[I], Have, Names>
      : Fits<Steps[I], Have, Steps[number]["name"]>
}
/** Places of a tuple's members of one name. */
type PlacesOf<Steps extends ReadonlyArray<AnyStep>, Name extends string> = {
  readonly [I in keyof Steps & `${number}`]: Steps[I]["name"] extends Name ? I : never
}[keyof Steps & `${number}`]
type RoutedName<Steps> = Steps extends ReadonlyArray<AnyStep> ? Steps[number]["name"] : never
type NamesOf<Steps extends ReadonlyArray<AnyStep>> = {
  readonly [I in keyof Steps]: Steps[I]["name"]
}

/** Several flows from a common one. */
export interface Branches<
  Rows extends ReadonlyArray<unknown>,
  Lasts extends ReadonlyArray<string>,
  Graph,
  Names extends string
> {
  /**
   * Brings the branches together: for each row of the flow before them, the step gets what came out
   * of each branch.
   */
  join<S extends AnyStep>(
    step: FitsJoin<S, Rows, Lasts, Names>
  ): Flow<
    Apply<S[typeof hidden.gives], Joined<Rows, S>>,
    S["name"],
    Graph | Entry<S>,
    Names | KnownName<S>
  >
  /**
   * Not for branches: they are joined, or go on one by one.
   *
   * @deprecated
   */
  to(
    step: NoInfer<{
      readonly [X in Says<typeof says.branchesGoOn>]: { readonly write: ".join(CombineOutputs(…))" }
    }>
  ): never
  /** The branches as flows of their own, to go on with each. */
  readonly flows: {
    readonly [I in keyof Rows]: Flow<
      Rows[I],
      I extends keyof Lasts ? Lasts[I] & string : string,
      Graph,
      Names
    >
  }
}

/** Names of steps that all flows come from. */
type Shared<Flows extends ReadonlyArray<AnyFlow>> = {
  readonly [I in keyof Flows]: (names: NamesIn<Flows[I]>) => void
}[number] extends (names: infer Common) => void
  ? Common
  : never
type RowsOf<Flows extends ReadonlyArray<AnyFlow>> = {
  readonly [I in keyof Flows]: RowOfFlow<Flows[I]>
}
/** The row type of a flow. */
export type RowOfFlow<F> = F extends { readonly [hidden.row]?: infer R } ? R : never
type LastsOf<Flows extends ReadonlyArray<AnyFlow>> = {
  readonly [I in keyof Flows]: LastOf<Flows[I]>
}
/** The name of the step that a flow comes from. */
export type LastOf<F> = F extends { readonly [hidden.last]?: infer L extends string } ? L : never
/** The names of the steps that a flow comes from. */
export type NamesIn<F> = F extends { readonly [hidden.names]?: infer N extends string } ? N : never
/** The steps of a flow, each with its runtime parameters. */
export type GraphOf<F> = F extends {
  readonly [hidden.graph]?: infer G extends Named<string, unknown>
}
  ? G
  : never

/**
 * Starts a flow with a generator.
 *
 * @example
 *   const rows = from(
 *     LoadDataFromDicts({ name: "load", data: [{ instruction: "Name a river in Peru." }] })
 *   )
 */
export const from = <S extends AnyStep>(
  generator: Starts<S>
): Flow<Apply<S[typeof hidden.gives], {}>, S["name"], SourceEntry<S>, KnownName<S>> =>
  flowOf(sourceNode(givenStep("from", generator))) as never

// A generator is one node however often a flow starts with it, as its name is one.
const sourceNodes = new WeakMap<StepData, FlowNode>()
const sourceNode = (step: StepData): FlowNode => {
  const known = sourceNodes.get(step)
  if (known !== undefined) return known
  const node: FlowNode = { step, gather: "none", from: [], input: {} }
  sourceNodes.set(step, node)
  return node
}

/**
 * Joins flows that were built apart from a common one: for each row of their last common flow, the
 * step gets what came out of each.
 *
 * @example
 *   const answer = from(load).to(generate)
 *   const both = join([answer.to(judge), answer.to(classify)], CombineOutputs({ name: "both" }))
 */
export const join = <const Flows extends ReadonlyArray<AnyFlow>, S extends AnyStep>(
  flows: Flows,
  step: [Shared<Flows>] extends [never]
    ? NoInfer<{
        readonly [X in Says<typeof says.noCommonSource<S["name"]>>]: {
          readonly write: "zip([a, b], step)"
        }
      }>
    : FitsJoin<S, RowsOf<Flows>, LastsOf<Flows>, NamesIn<Flows[number]>>
): Flow<
  Apply<S[typeof hidden.gives], Joined<RowsOf<Flows>, S>>,
  S["name"],
  GraphOf<Flows[number]> | Entry<S>,
  NamesIn<Flows[number]> | KnownName<S>
> =>
  flowOf({
    step: givenStep("join", step),
    gather: "join",
    from: givenFlows("join", flows).map(({ node }) => node),
    input: {}
  }) as never

/**
 * Pairs flows by position: the step gets the first row of each, then the second of each, and so on.
 * Flows of unequal length end the run with an error.
 *
 * @example
 *   const pairs = zip([from(questions), from(answers)], CombineOutputs({ name: "pairs" }))
 */
export const zip = <const Flows extends ReadonlyArray<AnyFlow>, S extends AnyStep>(
  flows: Flows,
  step: FitsJoin<
    S,
    readonly [OneOfEach<RowsOf<Flows>[number]>],
    readonly [],
    NamesIn<Flows[number]>
  >
): Flow<
  Apply<S[typeof hidden.gives], OneOfEach<RowsOf<Flows>[number]>>,
  S["name"],
  GraphOf<Flows[number]> | Entry<S>,
  NamesIn<Flows[number]> | KnownName<S>
> =>
  flowOf({
    step: givenStep("zip", step),
    gather: "zip",
    from: givenFlows("zip", flows).map(({ node }) => node),
    input: {}
  }) as never

/**
 * Puts the rows of several flows one after the other. A column that only some of them have is null
 * in the rows of the others.
 *
 * @example
 *   const all = concat([from(easy), from(hard)], { name: "all" }).to(generate)
 */
export const concat = <
  const Flows extends ReadonlyArray<AnyFlow>,
  const Name extends string = "concat"
>(
  flows: Flows,
  options: { readonly name?: Name } = {}
): Flow<
  Concatenated<RowOfFlow<Flows[number]>>,
  Name,
  GraphOf<Flows[number]> | Named<Name, {}>,
  NamesIn<Flows[number]> | Name
> =>
  flowOf({
    step: givenStep("concat", concatStep(options.name ?? "concat")),
    gather: "concat",
    from: givenFlows("concat", flows).map(({ node }) => node),
    input: {}
  }) as never

/** The step behind `concat`: rows pass; the engine fills in the nulls. */
export const concatStep = (name: string): StepData =>
  makeStep<AnyStep & StepData>({
    name,
    type: "Concat",
    kind: "step",
    gives: (have) => have,
    open: () => Effect.succeed({ kind: "batch", process: (rows) => rows })
  })

// The one seam between the typed flow and the untyped graph: methods build nodes, types were checked at their call.
const flowOf = (node: FlowNode): AnyFlow => {
  const after = (
    step: StepData,
    input: Readonly<Record<string, string>>,
    routing?: RoutingGroup
  ): AnyFlow =>
    flowOf({
      step,
      gather: "one",
      from: [node],
      input,
      ...(routing === undefined ? {} : { routing })
    })
  const branches = (where: string, steps: unknown, by?: Routing): unknown => {
    const list = givenSteps(where, steps)
    const routing =
      by === undefined
        ? undefined
        : { by, arms: Array.isArray(steps) ? list.map(({ name }) => name) : [] }
    return branchesOf(list.map((step) => after(step, {}, routing)))
  }
  const methods = {
    to: (step: unknown, edge?: { readonly input: Readonly<Record<string, string>> }) =>
      after(givenStep(".to", step), edge?.input ?? {}),
    branch: (steps: unknown) => branches(".branch", steps),
    route: (by: Routing, steps: unknown) => {
      if (typeof by !== "function" && (typeof by !== "object" || by === null))
        throw new TypeError(
          ".route needs a routing first: sampleNSteps(2), routingBatchFunction(…), or a function of a row."
        )
      return branches(".route", steps, by)
    }
  }
  return { node, ...methods }
}

const branchesOf = (flows: ReadonlyArray<AnyFlow>): unknown => ({
  flows,
  to: () => {
    throw new TypeError(`${says.branchesGoOn()}.`)
  },
  join: (step: unknown) =>
    flowOf({
      step: givenStep(".join", step),
      gather: "join",
      from: flows.map(({ node }) => node),
      input: {}
    })
})
