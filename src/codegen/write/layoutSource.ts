/**
 * Layout: statements that were written on one line each get the lines that a person would give
 * them.
 */
import { type CallExpression, type Expression, Node, Project, type Statement } from "ts-morph"

const widest = 120

/**
 * The source with its lines broken where they are too long. Comments stay where they are, above
 * statements.
 */
export const layoutSource = (source: string): string => {
  const file = new Project({
    useInMemoryFileSystem: true,
    skipLoadingLibFiles: true
  }).createSourceFile("pipeline.ts", source)
  let previous: Statement | undefined
  const blocks = file.getStatements().map((statement) => {
    const comments = statement
      .getLeadingCommentRanges()
      .map((range) => `${range.getText()}\n`)
      .join("")
    // Imports stand together, everything else apart.
    const gap =
      previous === undefined ||
      (Node.isImportDeclaration(previous) && Node.isImportDeclaration(statement))
        ? ""
        : "\n"
    previous = statement
    return `${gap}${comments}${statementText(statement)}\n`
  })
  return blocks.join("")
}

const statementText = (statement: Statement): string => {
  if (Node.isVariableStatement(statement)) {
    const [declaration] = statement.getDeclarations()
    const value = declaration?.getInitializer()
    if (declaration === undefined || value === undefined) return statement.getText()
    const type = declaration.getTypeNode()
    const head = `${statement.isExported() ? "export " : ""}const ${declaration.getNameNode().getText()}${type === undefined ? "" : `: ${type.getText()}`} = `
    return head + laid(value, 0, head.length)
  }
  if (Node.isExportAssignment(statement))
    return `export default ${laid(statement.getExpression(), 0, "export default ".length)}`
  if (Node.isImportDeclaration(statement) && statement.getText().length > widest) {
    const names = statement.getNamedImports().map((name) => name.getText())
    return `import {\n${filled(names, 2)}\n} from ${statement.getModuleSpecifier().getText()}`
  }
  return statement.getText()
}

/** An expression, of which so many characters of its first line are taken. */
const laid = (node: Node, indent: number, taken: number): string => {
  const line = flat(node)
  if (!line.includes("\n") && taken + line.length <= widest) return line
  const inner = indent + 2
  const pad = " ".repeat(inner)
  const close = " ".repeat(indent)
  if (Node.isObjectLiteralExpression(node)) {
    return node.getProperties().length === 0
      ? "{}"
      : `{\n${node
          .getProperties()
          .map((property) => `${pad}${propertyText(property, inner)}`)
          .join(",\n")}\n${close}}`
  }
  if (Node.isArrayLiteralExpression(node)) {
    const elements = node.getElements()
    const short = elements.every(
      (element) => Node.isLiteralExpression(element) && !element.getText().includes("\n")
    )
    return `[\n${short ? filled(elements.map(flat), inner) : elements.map((element) => pad + laid(element, inner, inner)).join(",\n")}\n${close}]`
  }
  if (Node.isCallExpression(node)) return callText(node, indent, taken)
  if (Node.isAsExpression(node))
    return `${laid(node.getExpression(), indent, taken)} as ${node.getTypeNodeOrThrow().getText()}`
  return node.getText()
}

/** A property whose value has lines of its own. */
const propertyText = (property: Node, indent: number): string => {
  if (!Node.isPropertyAssignment(property)) return property.getText()
  const head = `${keyText(property.getNameNode())}: `
  return head + laid(property.getInitializerOrThrow(), indent, indent + head.length)
}

const callText = (node: CallExpression, indent: number, taken: number): string => {
  const links = chainOf(node)
  // A flow goes down the page, step by step.
  if (links.length > 1 && links.slice(1).some(({ name }) => flowing.has(name))) {
    const [first, ...rest] = links
    const pad = " ".repeat(indent + 2)
    return `${argumentsText(first!.head, first!.call, indent, taken)}${rest.map(({ call, name }) => `\n${pad}${argumentsText(`.${name}`, call, indent + 2, indent + 2)}`).join("")}`
  }
  return argumentsText(flat(node.getExpression()), node, indent, taken)
}

const flowing: ReadonlySet<string> = new Set(["to", "route", "branch", "join"])

interface Link {
  readonly call: CallExpression
  /** The method, and for the first link all that stands before its arguments. */
  readonly name: string
  readonly head: string
}

/** The calls of `from(a).to(b).join(c)`, first to last. */
const chainOf = (node: CallExpression): ReadonlyArray<Link> => {
  const links: Array<Link> = []
  let call: Expression = node
  while (Node.isCallExpression(call)) {
    const callee: Expression = call.getExpression()
    const method = Node.isPropertyAccessExpression(callee) ? callee : undefined
    const inner = method?.getExpression()
    links.unshift({ call, name: method?.getName() ?? callee.getText(), head: flat(callee) })
    if (inner === undefined || !Node.isCallExpression(inner)) break
    call = inner
  }
  return links
}

const argumentsText = (
  head: string,
  call: CallExpression,
  indent: number,
  taken: number
): string => {
  const given = call.getArguments()
  const line = `${head}(${given.map(flat).join(", ")})`
  if (!line.includes("\n") && taken + line.length <= widest) return line
  const last = given.at(-1)
  const before = given.slice(0, -1).map(flat)
  const opening = `${head}(${before.map((text) => `${text}, `).join("")}`
  // What has braces of its own needs no line for itself.
  const hugs =
    last !== undefined &&
    (Node.isObjectLiteralExpression(last) ||
      Node.isArrayLiteralExpression(last) ||
      Node.isCallExpression(last)) &&
    !opening.includes("\n") &&
    taken + opening.length <= widest - 20
  if (hugs) return `${opening}${laid(last, indent, taken + opening.length)})`
  const inner = indent + 2
  return `${head}(\n${given.map((argument) => " ".repeat(inner) + laid(argument, inner, inner)).join(",\n")}\n${" ".repeat(indent)})`
}

/** Short items, as many on a line as fit. */
const filled = (items: ReadonlyArray<string>, indent: number): string => {
  const pad = " ".repeat(indent)
  const lines: Array<string> = []
  for (const [i, item] of items.entries()) {
    const text = i < items.length - 1 ? `${item},` : item
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + text.length > widest) lines.push(pad + text)
    else lines[lines.length - 1] = `${last} ${text}`
  }
  return lines.join("\n")
}

/** An expression on one line; texts of several lines stay what they are. */
const flat = (node: Node): string => {
  if (Node.isObjectLiteralExpression(node)) {
    const properties = node
      .getProperties()
      .map((property) =>
        Node.isPropertyAssignment(property)
          ? `${keyText(property.getNameNode())}: ${flat(property.getInitializerOrThrow())}`
          : property.getText()
      )
    return properties.length === 0 ? "{}" : `{ ${properties.join(", ")} }`
  }
  if (Node.isArrayLiteralExpression(node)) return `[${node.getElements().map(flat).join(", ")}]`
  if (Node.isCallExpression(node))
    return `${flat(node.getExpression())}(${node.getArguments().map(flat).join(", ")})`
  if (Node.isPropertyAccessExpression(node))
    return `${flat(node.getExpression())}.${node.getName()}`
  return node.getText()
}

/** A key, without quotes where it needs none. */
const keyText = (key: Node): string =>
  Node.isStringLiteral(key) &&
  key.getLiteralValue() !== "__proto__" &&
  /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key.getLiteralValue())
    ? key.getLiteralValue()
    : key.getText()
