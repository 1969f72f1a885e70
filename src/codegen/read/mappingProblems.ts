/**
 * Mappings that the compiler refuses, as problems: `{ input: { instruction: "promt" } }` where a
 * step is connected.
 */
import type { ts } from "ts-morph"
import { Node, type PropertyAssignment } from "ts-morph"
import * as problems from "../../pipeline/problems.ts"
import type { Problem } from "../../pipeline/problems.ts"
import { unwrapped } from "./followExpressions.ts"
import { columnsOf, present, propertyType, textsOf, type Types, hiddenType } from "./rowTypes.ts"
import { needOf } from "./stepTypes.ts"

/** The problem of the mapping in which a node stands; undefined if it stands in none. */
export const mappingProblem = (checker: ts.TypeChecker, node: Node): Problem | undefined => {
  const entry =
    node.getFirstAncestor(Node.isPropertyAssignment) ??
    (Node.isPropertyAssignment(node) ? node : undefined)
  const call = entry === undefined ? undefined : connectingCall(entry)
  const callee = call?.getExpression()
  const step = call?.getArguments()[0]
  if (entry === undefined || step === undefined || !Node.isPropertyAccessExpression(callee))
    return undefined
  const types: Types = { checker, at: step.compilerNode }
  const type = checker.getTypeAtLocation(step.compilerNode)
  const row = hiddenType(
    types,
    checker.getTypeAtLocation(callee.getExpression().compilerNode),
    "row"
  )
  const have = columnsOf(types, row === undefined ? undefined : present(types, row))
  const reads = needOf(types, type).flatMap((need) => columnsOf(types, need))
  const [name = ""] = textsOf(types, propertyType(types, type, "name"))
  const own = entry.getName().replaceAll(/^["']|["']$/g, "")
  const wanted = reads.find((column) => column.name === own)
  if (wanted === undefined)
    return new problems.UnknownMapping({
      step: name,
      column: own,
      side: "input",
      known: reads.map((column) => column.name)
    })
  const value = unwrapped(entry.getInitializerOrThrow())
  if (!Node.isStringLiteral(value)) return undefined
  const column = value.getLiteralValue()
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
const connectingCall = (entry: PropertyAssignment) => {
  const input = entry.getParent().getParent()
  if (!Node.isPropertyAssignment(input) || input.getName() !== "input") return undefined
  const edge = input.getParent()
  const call = edge.getParent()
  if (!Node.isCallExpression(call) || call.getArguments()[1] !== edge) return undefined
  const callee = call.getExpression()
  return Node.isPropertyAccessExpression(callee) && callee.getName() === "to" ? call : undefined
}
