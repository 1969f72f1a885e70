/**
 * The graph that a source file writes, found by following its expressions: `from`, `to`, `branch`,
 * `route`, `join`, `zip`, `concat`, and constants between them.
 */
import type { CallExpression, Compiler, Node, SourceType } from "../compilers/Compiler.ts"
import { calledBy, followed, givenBack, optionOf, ownNode } from "./followExpressions.ts"
import { inOrder } from "./inOrder.ts"
import {
  columnsOf,
  present,
  propertyType,
  hiddenType,
  hiddenProperty,
  textOf,
  type Types
} from "./rowTypes.ts"
import type { SourceColumn, SourceStep } from "./SourceReport.ts"
import { type StepSource, stepSource } from "./stepTypes.ts"
import { around, placeOf } from "./walkNodes.ts"

/** A node of the graph: a step, or several that are made in one place and connected alike. */
export interface FlowSource {
  readonly step: StepSource
  readonly from: ReadonlyArray<FlowSource>
  readonly gets: SourceStep["gets"]
  readonly input: Readonly<Record<string, string>>
  readonly before: ReadonlyArray<SourceColumn>
  readonly after: ReadonlyArray<SourceColumn>
}

/**
 * What an expression stands for: flows, each with the node that it comes from. A single flow is a
 * list of one.
 */
type Flows = ReadonlyArray<FlowSource> | undefined

/** Follows flows; each expression becomes one node, however often it is used. */
export class FlowFollower {
  readonly notFollowed: Array<Node> = []
  readonly #compiler: Compiler
  readonly #known = new Map<Node, Flows>()
  readonly #sources = new Map<Node, FlowSource>()

  constructor(compiler: Compiler) {
    this.#compiler = compiler
  }

  /** The flows that an expression stands for. What cannot be followed is noted. */
  flows(expression: Node): Flows {
    const node = followed(this.#compiler, expression)
    if (this.#known.has(node)) return this.#known.get(node)
    // Known while it is being followed, so that what refers to itself comes to an end.
    this.#known.set(node, undefined)
    const found = this.#found(node)
    this.#known.set(node, found)
    if (found === undefined) this.notFollowed.push(node)
    return found
  }

  #found(node: Node): Flows {
    const { is } = this.#compiler
    if (is.isArrayLiteralExpression(node))
      return this.#each(
        node.elements.map((element) => (is.isSpreadElement(element) ? element.expression : element))
      )
    if (is.isIdentifier(node)) return this.#bound(node)
    if (is.isPropertyAccessExpression(node))
      return node.name.text === "flows" ? this.flows(node.expression) : undefined
    if (is.isElementAccessExpression(node)) {
      const flows = this.flows(node.expression)
      const flow = flows?.[Number(node.argumentExpression.getText())]
      return flow === undefined ? undefined : [flow]
    }
    return is.isCallExpression(node) ? this.#called(node) : undefined
  }

  #each(expressions: ReadonlyArray<Node>): Flows {
    const all = expressions.map((expression) => this.flows(expression))
    return all.some((flows) => flows === undefined)
      ? undefined
      : all.flatMap((flows) => flows ?? [])
  }

  /**
   * A name that takes one of several: `const [a, b] = branches.flows`, `const { flows: [a] } =
   * branches`.
   */
  #bound(name: Node): Flows {
    const { checker, is } = this.#compiler
    const symbol = checker.symbolAt(name)
    const declaration = symbol === undefined ? undefined : ownNode(checker.declarationOf(symbol))
    if (declaration === undefined || !is.isBindingElement(declaration)) return undefined
    const pattern = declaration.parent
    const source = around(pattern, is.isVariableDeclaration)?.initializer
    const flows = source === undefined ? undefined : this.flows(source)
    if (!is.isArrayBindingPattern(pattern))
      return (declaration.propertyName ?? declaration.name)?.getText() === "flows"
        ? flows
        : undefined
    const flow = flows?.[pattern.elements.findIndex((element) => element === declaration)]
    return flow === undefined ? undefined : [flow]
  }

  #called(call: CallExpression): Flows {
    const { is } = this.#compiler
    const callee = call.expression
    const { declaration, name } = calledBy(this.#compiler, call)
    const [first, second] = call.arguments
    if (is.isPropertyAccessExpression(callee) && this.#isFlow(callee.expression)) {
      const before = this.flows(callee.expression)
      if (before === undefined || first === undefined) return undefined
      if (name === "to")
        return [this.#node(call, first, before, "every row", inputOf(this.#compiler, second))]
      if (name === "branch") return this.#arms(call, first, before, "every row")
      if (name === "route")
        return second === undefined
          ? undefined
          : this.#arms(call, second, before, "some rows or batches")
      return name === "join" ? [this.#node(call, first, before, "branches joined")] : undefined
    }
    if (!this.#isFlow(call)) return undefined
    if (ownNode(declaration) !== undefined) {
      const result = givenBack(this.#compiler, call)
      return result === undefined ? undefined : this.flows(result)
    }
    if (name === "from" && first !== undefined && this.#isStep(first))
      return [this.#source(call, first)]
    const before = first === undefined ? undefined : this.flows(first)
    if (before === undefined) return undefined
    if (name === "concat") return [this.#concat(call, before)]
    if (second === undefined) return undefined
    return name === "join"
      ? [this.#node(call, second, before, "branches joined")]
      : name === "zip"
        ? [this.#node(call, second, before, "rows paired by position")]
        : undefined
  }

  /** A generator is one node however often a flow starts with it. */
  #source(call: CallExpression, generator: Node): FlowSource {
    const made = followed(this.#compiler, generator)
    const known = this.#sources.get(made)
    if (known !== undefined) return known
    const node = this.#node(call, generator, [], "nothing")
    this.#sources.set(made, node)
    return node
  }

  #node(
    call: CallExpression,
    step: Node,
    from: ReadonlyArray<FlowSource>,
    gets: SourceStep["gets"],
    input: Readonly<Record<string, string>> = {}
  ): FlowSource {
    const before = columnsInto(from)
    return {
      step: stepSource(this.#compiler, step, this.#typeOf(step)),
      from,
      gets,
      input,
      before,
      after: this.#rowOf(call, this.#typeOf(call), before)
    }
  }

  #concat(call: CallExpression, from: ReadonlyArray<FlowSource>): FlowSource {
    const type = this.#typeOf(call)
    const types = this.#typesAt(call)
    const last = hiddenType(types, type, "last")
    const name =
      last === undefined ? "concat" : textOf(types, present(types, last)).replaceAll('"', "")
    const before = columnsInto(from)
    const step: StepSource = {
      names: [name],
      type: "Concat",
      kind: "concat",
      models: [],
      times: 1,
      place: placeOf(call),
      reads: [],
      oneOf: [],
      parameters: []
    }
    return {
      step,
      from,
      gets: "flows one after the other",
      input: {},
      before,
      after: this.#rowOf(call, type, before)
    }
  }

  /**
   * The steps of a list: each by its expression where the list is written out, else all of them by
   * the type of its members.
   */
  #arms(
    call: CallExpression,
    list: Node,
    from: ReadonlyArray<FlowSource>,
    gets: SourceStep["gets"]
  ): Flows {
    const { checker, is } = this.#compiler
    const types = this.#typesAt(call)
    const flows = propertyType(types, this.#typeOf(call), "flows")
    const rows = flows === undefined ? undefined : checker.tupleOf(flows)
    const every = flows === undefined ? undefined : checker.indexed(flows, "number")
    const before = columnsInto(from)
    const arm = (step: Node, type: SourceType, i: number): FlowSource => ({
      step: stepSource(this.#compiler, step, type),
      from,
      gets,
      input: {},
      before,
      after: this.#rowOf(call, rows?.[i] ?? every, before)
    })
    const written = followed(this.#compiler, list)
    if (is.isArrayLiteralExpression(written) && !written.elements.some(is.isSpreadElement))
      return written.elements.map((step, i) => arm(step, this.#typeOf(step), i))
    const member = checker.indexed(this.#typeOf(list), "number")
    return member === undefined ? undefined : [arm(list, member, 0)]
  }

  #typesAt(at: Node): Types {
    return { checker: this.#compiler.checker, at }
  }

  #typeOf(node: Node): SourceType {
    return this.#compiler.checker.typeAt(node)
  }

  /** The columns of a flow, those that came first. */
  #rowOf(
    at: Node,
    flow: SourceType | undefined,
    before: ReadonlyArray<SourceColumn>
  ): ReadonlyArray<SourceColumn> {
    const types = this.#typesAt(at)
    const row = flow === undefined ? undefined : hiddenType(types, flow, "row")
    const columns = columnsOf(types, row === undefined ? undefined : present(types, row))
    return inOrder(
      columns,
      ({ name }) => name,
      before.map(({ name }) => name)
    )
  }

  #isFlow(node: Node): boolean {
    const type = this.#typeOf(node)
    return ["to", "flows"].some(
      (name) => this.#compiler.checker.propertyOf(type, name) !== undefined
    )
  }

  #isStep(node: Node): boolean {
    return hiddenProperty(this.#compiler.checker, this.#typeOf(node), "gives") !== undefined
  }
}

/** The columns that several flows bring; one that some lack is optional. */
const columnsInto = (from: ReadonlyArray<FlowSource>): ReadonlyArray<SourceColumn> => {
  const names = new Set(from.flatMap(({ after }) => after.map(({ name }) => name)))
  return [...names].map((name) => {
    const having = from.flatMap(({ after }) => after.filter((column) => column.name === name))
    return {
      name,
      type: [...new Set(having.map(({ type }) => type))].join(" | "),
      optional: having.length < from.length || having.some(({ optional }) => optional)
    }
  })
}

/** The columns of `{ input: { instruction: "prompt" } }`. */
const inputOf = (compiler: Compiler, edge: Node | undefined): Readonly<Record<string, string>> => {
  const { is } = compiler
  const input = edge === undefined ? undefined : optionOf(compiler, edge, "input")
  if (input === undefined || !is.isObjectLiteralExpression(input)) return {}
  return Object.fromEntries(
    input.properties.flatMap((property) =>
      is.isPropertyAssignment(property) && is.isStringLiteral(property.initializer)
        ? [[property.name.getText(), property.initializer.text]]
        : []
    )
  )
}
