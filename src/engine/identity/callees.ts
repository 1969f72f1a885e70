/** What is called: globals of the language, and methods that are borrowed from another object. */
import type { AnyNode } from "acorn"
import type { Names } from "./Names.ts"
import { propertyOf } from "./uses.ts"

/** Whether a name is one of these globals, and nothing of the function's own. */
export const isGlobal = (node: AnyNode, globals: ReadonlyArray<string>, names: Names): boolean =>
  node.type === "Identifier" && globals.includes(node.name) && names.bindingOf(node) === undefined

/** `push`, of `[].push.apply(list, …)`. */
export const borrowedMethod = (object: AnyNode, method: string): string | undefined =>
  (method === "call" || method === "apply") && object.type === "MemberExpression"
    ? propertyOf(object)
    : undefined
