/** Uses: what a function does with each name of its surroundings. */
import type { AnyNode, Identifier, MemberExpression, ObjectPattern } from "acorn"
import type { Names } from "./Names.ts"

/** One use of a name. */
export interface Use {
  readonly identifier: Identifier
  readonly name: string
  /**
   * The properties that are read from it, as far as they are written out: `["env", "TONE"]` of
   * `process.env.TONE`.
   */
  readonly path: ReadonlyArray<string>
  /** How what the path leads to is called, with how many arguments. */
  readonly call: "call" | "new" | undefined
  readonly args: number
  /**
   * `read`: the function's results may depend on it. `set`: the variable is assigned. `count`: it
   * is counted up or added to, and what comes of that is used for nothing else: a tally for
   * somebody outside, which the function's results do not depend on.
   */
  readonly kind: "read" | "set" | "count"
}

/** All uses of the names of the surroundings. */
export const usesIn = (names: Names): ReadonlyArray<Use> =>
  names.free.flatMap((identifier) => usesOf(names, identifier))

const usesOf = (names: Names, identifier: Identifier): ReadonlyArray<Use> => {
  const { name } = identifier
  const { end, path } = pathFrom(names, identifier)
  if (isCounted(names, identifier) || isPartOfCount(names, identifier))
    return [{ identifier, name, path, call: undefined, args: 0, kind: "count" }]
  const parent = names.parentOf(end)
  if (end === identifier && isAssigned(names, identifier))
    return [{ identifier, name, path, call: undefined, args: 0, kind: "set" }]
  const called =
    (parent?.type === "CallExpression" || parent?.type === "NewExpression") && parent.callee === end
      ? parent
      : undefined
  const use: Use = {
    identifier,
    name,
    path,
    call: called === undefined ? undefined : called.type === "NewExpression" ? "new" : "call",
    args: called?.arguments.length ?? 0,
    kind: "read"
  }
  // What `instanceof` looks at.
  if (
    parent?.type === "BinaryExpression" &&
    parent.operator === "instanceof" &&
    parent.right === end
  )
    return [{ ...use, path: [...path, "prototype"] }]
  if (
    parent?.type !== "VariableDeclarator" ||
    parent.init !== end ||
    parent.id.type !== "ObjectPattern"
  )
    return [use]
  return keysOf(parent.id)?.map((key) => ({ ...use, path: [...path, key] })) ?? [use]
}

/** The member expressions above a name whose properties are written out. */
const pathFrom = (
  names: Names,
  identifier: Identifier
): { readonly end: AnyNode; readonly path: ReadonlyArray<string> } => {
  const path: Array<string> = []
  let end: AnyNode = identifier
  for (let parent = names.parentOf(end); parent !== undefined; parent = names.parentOf(end)) {
    if (parent.type !== "ChainExpression") {
      const key =
        parent.type === "MemberExpression" && parent.object === end ? propertyOf(parent) : undefined
      if (key === undefined) break
      path.push(key)
    }
    end = parent
  }
  return { end, path }
}

/** The name of the property that a member expression reads; undefined where it is computed. */
export const propertyOf = ({ computed, property }: MemberExpression): string | undefined =>
  !computed && property.type === "Identifier"
    ? property.name
    : !computed && property.type === "PrivateIdentifier"
      ? `#${property.name}`
      : computed && property.type === "Literal" && typeof property.value === "string"
        ? property.value
        : undefined

/** The properties that a pattern takes; undefined if it takes others too. */
const keysOf = ({ properties }: ObjectPattern): ReadonlyArray<string> | undefined => {
  const keys = properties.map((property) =>
    property.type === "Property" && !property.computed && property.key.type === "Identifier"
      ? property.key.name
      : undefined
  )
  return keys.includes(undefined) ? undefined : (keys as ReadonlyArray<string>)
}

const isAssigned = (names: Names, identifier: Identifier): boolean => {
  let node: AnyNode = identifier
  // Through the pattern that it stands in, as in `[a, b] = [b, a]`.
  for (let parent = names.parentOf(node); parent !== undefined; parent = names.parentOf(node)) {
    if (
      parent.type === "UpdateExpression" ||
      (parent.type === "AssignmentExpression" && parent.left === node)
    )
      return true
    if (
      (parent.type === "ForInStatement" || parent.type === "ForOfStatement") &&
      parent.left === node
    )
      return true
    const inPattern =
      parent.type === "ArrayPattern" ||
      parent.type === "ObjectPattern" ||
      parent.type === "RestElement" ||
      (parent.type === "AssignmentPattern" && parent.left === node) ||
      (parent.type === "Property" &&
        parent.value === node &&
        names.parentOf(parent)?.type === "ObjectPattern")
    if (!inPattern) return false
    node = parent
  }
  return false
}

const adding = new Set(["push", "unshift", "add", "set"])

/** What counts a name up or adds to it, if nothing uses the result. */
const countAt = (names: Names, identifier: Identifier): AnyNode | undefined => {
  let target: AnyNode = identifier
  for (
    let parent = names.parentOf(target);
    parent?.type === "MemberExpression" && parent.object === target;
    parent = names.parentOf(target)
  )
    target = parent
  const parent = names.parentOf(target)
  const changes =
    parent?.type === "UpdateExpression" ||
    (parent?.type === "AssignmentExpression" && parent.left === target) ||
    (parent?.type === "CallExpression" &&
      parent.callee === target &&
      target.type === "MemberExpression" &&
      adding.has(propertyOf(target) ?? ""))
  return changes && isUnused(names, parent) ? parent : undefined
}

const isCounted = (names: Names, identifier: Identifier): boolean =>
  countAt(names, identifier) !== undefined

/** Whether a name is read only to count it up, as in `count = count + 1`. */
const isPartOfCount = (names: Names, identifier: Identifier): boolean => {
  let node: AnyNode = identifier
  for (let parent = names.parentOf(node); parent !== undefined; parent = names.parentOf(node)) {
    if (parent.type === "AssignmentExpression" && parent.right === node)
      return (
        isUnused(names, parent) &&
        rootOf(parent.left) === identifier.name &&
        names.free.some((each) => each.name === identifier.name && countAt(names, each) === parent)
      )
    const pure =
      parent.type === "BinaryExpression" ||
      parent.type === "LogicalExpression" ||
      parent.type === "ConditionalExpression" ||
      parent.type === "ChainExpression" ||
      (parent.type === "MemberExpression" && parent.object === node) ||
      (parent.type === "CallExpression" &&
        parent.callee !== node &&
        parent.callee.type === "MemberExpression" &&
        rootOf(parent.callee) === "Math")
    if (!pure) return false
    node = parent
  }
  return false
}

/** The name that a member expression starts at. */
const rootOf = (node: AnyNode): string | undefined =>
  node.type === "Identifier"
    ? node.name
    : node.type === "MemberExpression"
      ? rootOf(node.object)
      : undefined

/** Whether nothing takes the value of an expression. */
const isUnused = (names: Names, node: AnyNode): boolean => {
  const parent = names.parentOf(node)
  switch (parent?.type) {
    case "ExpressionStatement":
      return true
    case "UnaryExpression":
      return parent.operator === "void"
    case "ForStatement":
      return parent.update === node || parent.init === node
    case "SequenceExpression":
      return parent.expressions.at(-1) !== node || isUnused(names, parent)
    case "LogicalExpression":
      return parent.right === node && isUnused(names, parent)
    case "ConditionalExpression":
      return parent.test !== node && isUnused(names, parent)
    case "ChainExpression":
    case "AwaitExpression":
      return isUnused(names, parent)
    default:
      return false
  }
}
