/**
 * Mappings that the compiler refuses, as problems: `{ input: { instruction: "promt" } }` where a
 * step is connected.
 */
import * as problems from "../../pipeline/problems.ts"
import type { Problem } from "../../pipeline/problems.ts"
import type {
  CallExpression,
  Compiler,
  Node,
  PropertyAssignment,
  Syntax
} from "../compilers/Compiler.ts"
import { unwrapped } from "./followExpressions.ts"
import { columnsOf, present, propertyType, textsOf, type Types, hiddenType } from "./rowTypes.ts"
import { needOf } from "./stepTypes.ts"
import { around } from "./walkNodes.ts"

/** The problem of the mapping in which a node stands; undefined if it stands in none. */
export const mappingProblem = ({ checker, is }: Compiler, node: Node): Problem | undefined => {
  const entry =
    around(node, is.isPropertyAssignment) ?? (is.isPropertyAssignment(node) ? node : undefined)
  const call = entry === undefined ? undefined : connectingCall(is, entry)
  const callee = call?.expression
  const step = call?.arguments[0]
  if (
    entry === undefined ||
    step === undefined ||
    callee === undefined ||
    !is.isPropertyAccessExpression(callee)
  )
    return undefined
  const types: Types = { checker, at: step }
  const type = checker.typeAt(step)
  const row = hiddenType(types, checker.typeAt(callee.expression), "row")
  const have = columnsOf(types, row === undefined ? undefined : present(types, row))
  const reads = needOf(types, type).flatMap((need) => columnsOf(types, need))
  const [name = ""] = textsOf(types, propertyType(types, type, "name"))
  const own = entry.name.getText().replaceAll(/^["']|["']$/g, "")
  const wanted = reads.find((column) => column.name === own)
  if (wanted === undefined)
    return new problems.UnknownMapping({
      step: name,
      column: own,
      side: "input",
      known: reads.map((column) => column.name)
    })
  const value = unwrapped(is, entry.initializer)
  if (!is.isStringLiteral(value)) return undefined
  const column = value.text
  const given = have.find((each) => each.name === column)
  return given === undefined
    ? new problems.MissingColumn({ step: name, column, available: have.map((each) => each.name) })
    : new problems.WrongType({
        step: name,
        column,
        wants: wanted.type,
        gets: given.type + (given.optional ? " or nothing" : "")
      })
}

/** The `.to(step, { input: { … } })` whose mapping an entry is part of. */
const connectingCall = (is: Syntax, entry: PropertyAssignment): CallExpression | undefined => {
  const input = entry.parent.parent
  if (!is.isPropertyAssignment(input) || input.name.getText() !== "input") return undefined
  const edge = input.parent
  const call = edge.parent
  if (!is.isCallExpression(call) || call.arguments[1] !== edge) return undefined
  const callee = call.expression
  return is.isPropertyAccessExpression(callee) && callee.name.text === "to" ? call : undefined
}
