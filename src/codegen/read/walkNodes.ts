/** From node to node: up, down, and to a place in the text. */
import type { Node, SourceFile } from "../compilers/Compiler.ts"
import { shownPath } from "../compilers/shownPath.ts"
import type { SourcePlace } from "./SourceReport.ts"

/** The nearest node around another of which something is true. */
export const around = <A extends Node>(
  node: Node,
  is: (node: Node) => node is A
): A | undefined => {
  for (let outer: Node | undefined = node.parent; outer !== undefined; outer = outer.parent)
    if (is(outer)) return outer
  return undefined
}

/** All nodes in another of which something is true, in the order of the text. */
export const within = <A extends Node>(
  node: Node,
  is: (node: Node) => node is A
): ReadonlyArray<A> => {
  const found: Array<A> = []
  const look = (inner: Node): undefined => {
    if (is(inner)) found.push(inner)
    inner.forEachChild(look)
  }
  node.forEachChild(look)
  return found
}

/** The innermost node at a place in the text. */
export const nodeAt = (file: SourceFile, position: number): Node => {
  let found: Node = file
  for (let inner: Node | undefined = file; inner !== undefined;) {
    found = inner
    inner = found.forEachChild((child) =>
      child.getStart() <= position && position < child.end ? child : undefined
    )
  }
  return found
}

/** Where a node begins. */
export const placeOf = (node: Node): SourcePlace => placeAt(node.getSourceFile(), node.getStart())

export const placeAt = (file: SourceFile, position: number): SourcePlace => {
  const { character, line } = file.getLineAndCharacterOfPosition(position)
  return { file: shownPath(file.fileName), line: line + 1, column: character + 1 }
}
