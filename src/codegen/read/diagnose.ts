/** What the compiler finds wrong with source files, in our sentences where it speaks of wiring. */
import type { Problem } from "../../pipeline/problems.ts"
import type { Compiler, Diagnostic, Node, SourceFile, SourceType } from "../compilers/Compiler.ts"
import { inOrder } from "./inOrder.ts"
import { mappingProblem } from "./mappingProblems.ts"
import {
  columnsOf,
  propertyType,
  present,
  textOf,
  textsOf,
  type Types,
  hiddenType
} from "./rowTypes.ts"
import type { SourceProject } from "./SourceProject.ts"
import type { SourceProblem } from "./SourceReport.ts"
import { around, nodeAt, placeAt } from "./walkNodes.ts"
import { type Facts, isSentence, problemOf } from "./wiringProblems.ts"

/**
 * All problems of a project's own files, by their places. A file that is no TypeScript is not
 * looked at further.
 */
export const problemsIn = ({ compiler, files }: SourceProject): ReadonlyArray<SourceProblem> =>
  files.flatMap((file) => {
    const syntax = compiler.syntaxProblems(file)
    if (syntax.length > 0)
      return syntax.map((diagnostic) =>
        problemAt(
          file,
          diagnostic,
          "syntax",
          `${diagnostic.lines[0]} This is no TypeScript that can be read.`
        )
      )
    const found = compiler.typeProblems(file)
    const unresolved = found.some(({ code }) => noModule.includes(code))
    // Where a module is not there, everything that comes from it is untyped; to say so at each place helps nobody.
    return distinct(
      found
        .filter(({ code }) => !unresolved || !untyped.includes(code))
        .flatMap((diagnostic) => told(compiler, file, diagnostic))
    )
  })

const noModule: ReadonlyArray<number> = [2307, 2792, 7016]
const untyped: ReadonlyArray<number> = [7005, 7006, 7019, 7031, 7034, 18046]

const problemAt = (
  file: SourceFile,
  { code, start }: Diagnostic,
  kind: SourceProblem["kind"],
  message: string
): SourceProblem => ({ ...placeAt(file, start), kind, code: `TS${code}`, message })

const wiringProblem = (file: SourceFile, start: number, problem: Problem): SourceProblem => ({
  ...placeAt(file, start),
  kind: "wiring",
  code: problem._tag,
  message: problem.message,
  problem
})

const told = (
  compiler: Compiler,
  file: SourceFile,
  diagnostic: Diagnostic
): ReadonlyArray<SourceProblem> => {
  if (noModule.includes(diagnostic.code))
    return [problemAt(file, diagnostic, "module", moduleText(diagnostic))]
  const wiring = wiringAt(compiler, file, diagnostic)
  if (wiring.length > 0) return wiring
  const mapping = mappingProblem(compiler, nodeAt(file, diagnostic.start))
  return mapping !== undefined
    ? [wiringProblem(file, diagnostic.start, mapping)]
    : [problemAt(file, diagnostic, "types", typesText(diagnostic))]
}

const moduleText = ({ code, lines: [first = ""] }: Diagnostic): string => {
  const name = /'([^']+)'/.exec(first)?.[1] ?? ""
  if (name.startsWith("."))
    return `There is no module '${name}'. Check the path, and that it ends in .ts or .js.`
  return code === 7016
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
const typesText = ({ lines }: Diagnostic): string => {
  const shown = lines.length > 2 ? [lines[0]!, lines.at(-1)!] : lines
  return shown
    .map((line) => (line.length > mostText ? `${line.slice(0, mostText)}…` : line))
    .join(" ")
}

/** The sentences in the type that was expected where the error is, each as a problem. */
const wiringAt = (
  compiler: Compiler,
  file: SourceFile,
  { end, start }: Diagnostic
): ReadonlyArray<SourceProblem> => {
  const { checker, is } = compiler
  for (
    let node: Node | undefined = nodeAt(file, start);
    node !== undefined && node.getStart() >= start;
    node = node.parent
  ) {
    if (!is.isExpression(node) || node.end < end) continue
    const expected = checker.expectedAt(node)
    const sentences =
      expected === undefined
        ? []
        : checker
            .propertiesOf(expected)
            .filter(({ name }) => isSentence(name))
            .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    if (sentences.length === 0) continue
    const types: Types = { checker, at: node }
    const flows = flowsBefore(compiler, node).map(checker.typeAt)
    const before = flows.flatMap((flow) => lastsOf(types, flow))
    const columns = flows.flatMap((flow) => columnNames(types, flow))
    return sentences.flatMap((sentence): ReadonlyArray<SourceProblem> => {
      const problem = problemOf(
        sentence.name,
        factsOf(types, checker.typeOf(sentence, node), [...before, ...columns]),
        before
      )
      return problem === undefined ? [] : [wiringProblem(file, start, problem)]
    })
  }
  return []
}

const factsOf = (types: Types, facts: SourceType, order: ReadonlyArray<string>): Facts => {
  const fact = (key: string): SourceType | undefined => propertyType(types, facts, key)
  const text = (key: string): string => {
    const type = fact(key)
    return type === undefined ? "unknown" : textOf(types, type)
  }
  return {
    names: (key) => {
      const names = textsOf(types, fact(key)).filter((name) => name !== "never")
      return inOrder(names, (name) => name, order)
    },
    text,
    all: () =>
      Object.fromEntries(
        inOrder(types.checker.propertiesOf(facts), ({ name }) => name, order).map(({ name }) => [
          name,
          text(name)
        ])
      )
  }
}

/** The flows whose rows the call gets in which a node is an argument. */
const flowsBefore = ({ is }: Compiler, node: Node): ReadonlyArray<Node> => {
  const call = around(node, is.isCallExpression)
  if (call === undefined) return []
  const callee = call.expression
  const [first] = call.arguments
  return is.isPropertyAccessExpression(callee)
    ? [callee.expression]
    : first !== undefined && is.isArrayLiteralExpression(first)
      ? [...first.elements]
      : []
}

const columnNames = (types: Types, flow: SourceType): ReadonlyArray<string> => {
  const row = hiddenType(types, flow, "row")
  return row === undefined ? [] : columnsOf(types, present(types, row)).map(({ name }) => name)
}

/** The names of the steps that a flow, or several of them, come from. */
const lastsOf = (types: Types, type: SourceType): ReadonlyArray<string> => {
  const last = hiddenType(types, type, "last")
  if (last !== undefined) return textsOf(types, present(types, last))
  const flows = propertyType(types, type, "flows")
  const each = flows === undefined ? undefined : types.checker.tupleOf(flows)
  return each?.flatMap((flow) => lastsOf(types, flow)) ?? []
}

const distinct = (problems: ReadonlyArray<SourceProblem>): ReadonlyArray<SourceProblem> => [
  ...new Map(
    problems.map((problem) => [`${problem.line}:${problem.column}:${problem.message}`, problem])
  ).values()
]
