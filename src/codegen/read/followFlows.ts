/**
 * The graph that a source file writes, found by following its expressions: `from`, `to`, `branch`,
 * `route`, `join`, `zip`, `concat`, and constants between them.
 */
import { type CallExpression, Node, ts } from "ts-morph"
import { calledBy, followed, givenBack } from "./followExpressions.ts"
import { columnsOf, present, propertyType, hiddenType, hiddenProperty } from "./rowTypes.ts"
import { placeOf } from "./SourceProject.ts"
import type { SourceColumn, SourceStep } from "./SourceReport.ts"
import { type StepSource, stepSource } from "./stepTypes.ts"

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

/**
 * Follows flows in files of which `isOwn` is true; each expression becomes one node, however often
 * it is used.
 */
export class FlowFollower {
  readonly notFollowed: Array<Node> = []
  readonly #checker: ts.TypeChecker
  readonly #isOwn: (node: Node) => boolean
  readonly #known = new Map<Node, Flows>()
  readonly #sources = new Map<Node, FlowSource>()

  constructor(checker: ts.TypeChecker, isOwn: (node: Node) => boolean) {
    this.#checker = checker
    this.#isOwn = isOwn
  }

  /** The flows that an expression stands for. What cannot be followed is noted. */
  flows(expression: Node): Flows {
    const node = followed(expression)
    if (this.#known.has(node)) return this.#known.get(node)
    // Known while it is being followed, so that what refers to itself comes to an end.
    this.#known.set(node, undefined)
    const found = this.#found(node)
    this.#known.set(node, found)
    if (found === undefined) this.notFollowed.push(node)
    return found
  }

  #found(node: Node): Flows {
    if (Node.isArrayLiteralExpression(node))
      return this.#each(
        node
          .getElements()
          .map((element) => (Node.isSpreadElement(element) ? element.getExpression() : element))
      )
    if (Node.isIdentifier(node)) return this.#bound(node)
    if (Node.isPropertyAccessExpression(node))
      return node.getName() === "flows" ? this.flows(node.getExpression()) : undefined
    if (Node.isElementAccessExpression(node)) {
      const flows = this.flows(node.getExpression())
      const flow = flows?.[Number(node.getArgumentExpression()?.getText())]
      return flow === undefined ? undefined : [flow]
    }
    return Node.isCallExpression(node) ? this.#called(node) : undefined
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
    const declaration = name.getSymbol()?.getDeclarations()[0]
    if (!Node.isBindingElement(declaration)) return undefined
    const pattern = declaration.getParent()
    const source = pattern
      .getFirstAncestorByKind(ts.SyntaxKind.VariableDeclaration)
      ?.getInitializer()
    const flows = source === undefined ? undefined : this.flows(source)
    if (!Node.isArrayBindingPattern(pattern))
      return declaration.getPropertyNameNode()?.getText() === "flows" ||
        declaration.getName() === "flows"
        ? flows
        : undefined
    const flow = flows?.[pattern.getElements().indexOf(declaration)]
    return flow === undefined ? undefined : [flow]
  }

  #called(call: CallExpression): Flows {
    const callee = call.getExpression()
    const { declaration, name } = calledBy(call)
    const [first, second] = call.getArguments()
    if (Node.isPropertyAccessExpression(callee) && this.#isFlow(callee.getExpression())) {
      const before = this.flows(callee.getExpression())
      if (before === undefined || first === undefined) return undefined
      if (name === "to") return [this.#node(call, first, before, "every row", inputOf(second))]
      if (name === "branch") return this.#arms(call, first, before, "every row")
      if (name === "route")
        return second === undefined
          ? undefined
          : this.#arms(call, second, before, "some rows or batches")
      return name === "join" ? [this.#node(call, first, before, "branches joined")] : undefined
    }
    if (!this.#isFlow(call)) return undefined
    if (declaration !== undefined && this.#isOwn(declaration)) {
      const result = givenBack(call)
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
    const made = followed(generator)
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
    return {
      step: stepSource(this.#checker, step, this.#typeOf(step)),
      from,
      gets,
      input,
      before: columnsInto(from),
      after: this.#rowOf(call, this.#typeOf(call))
    }
  }

  #concat(call: CallExpression, from: ReadonlyArray<FlowSource>): FlowSource {
    const type = this.#typeOf(call)
    const last = hiddenType({ checker: this.#checker, at: call.compilerNode }, type, "last")
    const name =
      last === undefined
        ? "concat"
        : this.#checker
            .typeToString(present({ checker: this.#checker, at: call.compilerNode }, last))
            .replaceAll('"', "")
    const step: StepSource = {
      names: [name],
      type: "Concat",
      kind: "concat",
      models: [],
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
      before: columnsInto(from),
      after: this.#rowOf(call, type)
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
    const types = { checker: this.#checker, at: call.compilerNode }
    const flows = propertyType(types, this.#typeOf(call), "flows")
    const rows =
      flows === undefined
        ? []
        : this.#checker.isTupleType(flows)
          ? this.#checker.getTypeArguments(flows as ts.TypeReference)
          : []
    const every =
      flows === undefined ? undefined : this.#checker.getIndexTypeOfType(flows, ts.IndexKind.Number)
    const arm = (step: Node, type: ts.Type, i: number): FlowSource => ({
      step: stepSource(this.#checker, step, type),
      from,
      gets,
      input: {},
      before: columnsInto(from),
      after: this.#rowOf(call, rows[i] ?? every)
    })
    const written = followed(list)
    if (Node.isArrayLiteralExpression(written) && !written.getElements().some(Node.isSpreadElement))
      return written.getElements().map((step, i) => arm(step, this.#typeOf(step), i))
    const member = this.#checker.getIndexTypeOfType(this.#typeOf(list), ts.IndexKind.Number)
    return member === undefined ? undefined : [arm(list, member, 0)]
  }

  #typeOf(node: Node): ts.Type {
    return this.#checker.getTypeAtLocation(node.compilerNode)
  }

  #rowOf(at: Node, flow: ts.Type | undefined): ReadonlyArray<SourceColumn> {
    const types = { checker: this.#checker, at: at.compilerNode }
    const row = flow === undefined ? undefined : hiddenType(types, flow, "row")
    return columnsOf(types, row === undefined ? undefined : present(types, row))
  }

  #isFlow(node: Node): boolean {
    const type = this.#typeOf(node)
    return ["to", "flows"].some((name) => this.#checker.getPropertyOfType(type, name) !== undefined)
  }

  #isStep(node: Node): boolean {
    return hiddenProperty(this.#checker, this.#typeOf(node), "gives") !== undefined
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
const inputOf = (edge: Node | undefined): Readonly<Record<string, string>> => {
  const options = edge === undefined ? undefined : followed(edge)
  const given = Node.isObjectLiteralExpression(options) ? options.getProperty("input") : undefined
  const input = Node.isPropertyAssignment(given)
    ? followed(given.getInitializerOrThrow())
    : undefined
  if (!Node.isObjectLiteralExpression(input)) return {}
  return Object.fromEntries(
    input.getProperties().flatMap((property) => {
      const value = Node.isPropertyAssignment(property) ? property.getInitializer() : undefined
      return Node.isPropertyAssignment(property) && Node.isStringLiteral(value)
        ? [[property.getName(), value.getLiteralValue()]]
        : []
    })
  )
}
