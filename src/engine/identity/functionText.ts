/**
 * Function texts: the syntax tree of what a function's `toString` returns, whatever form the
 * function was written in.
 */
import { type AnyNode, type Expression, type Options, parse, type Program } from "acorn"

const options: Options = {
  ecmaVersion: "latest",
  allowSuperOutsideMethod: true,
  allowHashBang: true,
  checkPrivateFields: false
}

interface Form {
  readonly wrapped: (text: string) => string
  readonly found: (expression: Expression) => AnyNode | undefined
}

/**
 * An arrow, a function or a class is an expression. Any other text is a method, of an object or of
 * a class.
 */
const forms: ReadonlyArray<Form> = [
  {
    wrapped: (text) => `(${text}\n)`,
    found: (expression) =>
      ["ArrowFunctionExpression", "FunctionExpression", "ClassExpression"].includes(expression.type)
        ? expression
        : undefined
  },
  {
    wrapped: (text) => `({${text}\n})`,
    found: (expression) => {
      const [property] = expression.type === "ObjectExpression" ? expression.properties : []
      return property?.type === "Property" && property.value.type === "FunctionExpression"
        ? property.value
        : undefined
    }
  },
  {
    wrapped: (text) => `(class {${text}\n})`,
    found: (expression) => {
      const [member] = expression.type === "ClassExpression" ? expression.body.body : []
      return member?.type === "MethodDefinition" ? member.value : undefined
    }
  }
]

/** The function or class that a text holds; undefined if the text cannot be parsed. */
export const parsedFunction = (text: string): AnyNode | undefined => {
  // Sloppy code allows what modules do not, so each form is read both ways.
  for (const sourceType of ["module", "script"] as const) {
    for (const { found, wrapped } of forms) {
      const [only, ...others] = parsed(wrapped(text), sourceType)?.body ?? []
      const node =
        only?.type === "ExpressionStatement" && others.length === 0
          ? found(only.expression)
          : undefined
      if (node !== undefined) return node
    }
  }
  return undefined
}

/** The tree of a module's text; undefined if it cannot be parsed. */
export const parsedModule = (text: string): Program | undefined =>
  parsed(text, "module") ?? parsed(text, "script")

const parsed = (text: string, sourceType: "module" | "script"): Program | undefined => {
  try {
    return parse(text, { ...options, sourceType })
  } catch {
    return undefined
  }
}

/** The nodes directly below a node. */
export function* childrenOf(node: AnyNode): Generator<AnyNode> {
  for (const value of Object.values(node) as ReadonlyArray<unknown>) {
    if (Array.isArray(value)) yield* value.filter(isNode)
    else if (isNode(value)) yield value
  }
}

const isNode = (value: unknown): value is AnyNode =>
  typeof value === "object" && value !== null && "type" in value && "start" in value
