/** What the compiler finds wrong with source files, in our sentences where it speaks of wiring. */
import { Node, type SourceFile, ts } from "ts-morph"
import type { Problem } from "../../pipeline/problems.ts"
import { mappingProblem } from "./mappingProblems.ts"
import { propertyType, present, textOf, textsOf, type Types, hiddenType } from "./rowTypes.ts"
import { placeAt, type SourceProject } from "./SourceProject.ts"
import type { SourceProblem } from "./SourceReport.ts"
import { type Facts, isSentence, problemOf } from "./wiringProblems.ts"

/**
 * All problems of a project's own files, by their places. A file that is no TypeScript is not
 * looked at further.
 */
export const problemsIn = (project: SourceProject): ReadonlyArray<SourceProblem> =>
  project.files.flatMap((file) => {
    const source = file.compilerNode
    const syntax = project.program.getSyntacticDiagnostics(source)
    if (syntax.length > 0)
      return syntax.map((diagnostic) =>
        problemAt(
          file,
          diagnostic,
          "syntax",
          `${flat(diagnostic)[0]} This is no TypeScript that can be read.`
        )
      )
    const found = project.program.getSemanticDiagnostics(source)
    const unresolved = found.some(({ code }) => noModule.includes(code))
    // Where a module is not there, everything that comes from it is untyped; to say so at each place helps nobody.
    return distinct(
      found
        .filter(({ code }) => !unresolved || !untyped.includes(code))
        .flatMap((diagnostic) => told(project, file, diagnostic))
    )
  })

const noModule: ReadonlyArray<number> = [2307, 2792, 7016]
const untyped: ReadonlyArray<number> = [7005, 7006, 7019, 7031, 7034, 18046]

const problemAt = (
  file: SourceFile,
  { code, start }: ts.Diagnostic,
  kind: SourceProblem["kind"],
  message: string
): SourceProblem => ({ ...placeAt(file, start ?? 0), kind, code: `TS${code}`, message })

const wiringProblem = (
  file: SourceFile,
  diagnostic: ts.Diagnostic,
  problem: Problem
): SourceProblem => ({
  ...problemAt(file, diagnostic, "wiring", problem.message),
  code: problem._tag,
  problem
})

const told = (
  project: SourceProject,
  file: SourceFile,
  diagnostic: ts.Diagnostic
): ReadonlyArray<SourceProblem> => {
  if (noModule.includes(diagnostic.code))
    return [problemAt(file, diagnostic, "module", moduleText(diagnostic))]
  const wiring = wiringAt(project, file, diagnostic)
  if (wiring.length > 0) return wiring
  const node = file.getDescendantAtPos(diagnostic.start ?? 0)
  const mapping = node === undefined ? undefined : mappingProblem(project.checker, node)
  return mapping !== undefined
    ? [wiringProblem(file, diagnostic, mapping)]
    : [problemAt(file, diagnostic, "types", typesText(diagnostic))]
}

/** The lines of a message, from the whole to the detail. */
const flat = ({ messageText }: ts.Diagnostic): ReadonlyArray<string> =>
  ts
    .flattenDiagnosticMessageText(messageText, "\n")
    .split("\n")
    .map((line) => line.trim())

const moduleText = (diagnostic: ts.Diagnostic): string => {
  const [first = ""] = flat(diagnostic)
  const name = /'([^']+)'/.exec(first)?.[1] ?? ""
  if (name.startsWith("."))
    return `There is no module '${name}'. Check the path, and that it ends in .ts or .js.`
  return diagnostic.code === 7016
    ? `Module '${name}' has no types. Install them (npm install --save-dev @types/${name.replace(/^@/, "").replace("/", "__")}) or declare it.`
    : `There is no module '${name}'. Install it (npm install ${name
        .split("/")
        .slice(0, name.startsWith("@") ? 2 : 1)
        .join("/")}), or correct its name.`
}

const mostText = 400

/**
 * The first lines that tell something: of a chain of types that do not fit, the whole and the
 * innermost reason.
 */
const typesText = (diagnostic: ts.Diagnostic): string => {
  const lines = flat(diagnostic)
  const shown = lines.length > 2 ? [lines[0]!, lines.at(-1)!] : lines
  return shown
    .map((line) => (line.length > mostText ? `${line.slice(0, mostText)}…` : line))
    .join(" ")
}

/** The sentences in the type that was expected where the error is, each as a problem. */
const wiringAt = (
  project: SourceProject,
  file: SourceFile,
  diagnostic: ts.Diagnostic
): ReadonlyArray<SourceProblem> => {
  const start = diagnostic.start ?? 0
  const end = start + (diagnostic.length ?? 0)
  for (
    let node = file.getDescendantAtPos(start);
    node !== undefined && node.getStart() >= start;
    node = node.getParent()
  ) {
    if (!Node.isExpression(node) || node.getEnd() < end) continue
    const expected = project.checker.getContextualType(node.compilerNode)
    const sentences =
      expected === undefined
        ? []
        : project.checker.getPropertiesOfType(expected).filter(({ name }) => isSentence(name))
    if (sentences.length === 0) continue
    const types: Types = { checker: project.checker, at: node.compilerNode }
    return sentences.flatMap((sentence): ReadonlyArray<SourceProblem> => {
      const problem = problemOf(
        sentence.name,
        factsOf(types, project.checker.getTypeOfSymbolAtLocation(sentence, types.at)),
        stepsBefore(types, node)
      )
      return problem === undefined ? [] : [wiringProblem(file, diagnostic, problem)]
    })
  }
  return []
}

const factsOf = (types: Types, facts: ts.Type): Facts => {
  const fact = (key: string): ts.Type | undefined => propertyType(types, facts, key)
  const text = (key: string): string => {
    const type = fact(key)
    return type === undefined ? "unknown" : textOf(types, type)
  }
  return {
    names: (key) => textsOf(types, fact(key)).filter((name) => name !== "never"),
    text,
    all: () =>
      Object.fromEntries(
        types.checker.getPropertiesOfType(facts).map(({ name }) => [name, text(name)])
      )
  }
}

/** Names of the steps whose rows the call gets in which a node is an argument. */
const stepsBefore = (types: Types, node: Node): ReadonlyArray<string> => {
  const call = node.getFirstAncestorByKind(ts.SyntaxKind.CallExpression)
  if (call === undefined) return []
  const callee = call.getExpression()
  const [first] = call.getArguments()
  const flows = Node.isPropertyAccessExpression(callee)
    ? [callee.getExpression()]
    : Node.isArrayLiteralExpression(first)
      ? first.getElements()
      : []
  return flows.flatMap((flow) => lastsOf(types, types.checker.getTypeAtLocation(flow.compilerNode)))
}

/** The names of the steps that a flow, or several of them, come from. */
const lastsOf = (types: Types, type: ts.Type): ReadonlyArray<string> => {
  const last = hiddenType(types, type, "last")
  if (last !== undefined) return textsOf(types, present(types, last))
  const flows = propertyType(types, type, "flows")
  return flows === undefined
    ? []
    : types.checker
        .getTypeArguments(flows as ts.TypeReference)
        .flatMap((flow) => lastsOf(types, flow))
}

const distinct = (problems: ReadonlyArray<SourceProblem>): ReadonlyArray<SourceProblem> => [
  ...new Map(
    problems.map((problem) => [`${problem.line}:${problem.column}:${problem.message}`, problem])
  ).values()
]
