/**
 * Looking at a pipeline's source: what it is made of, and all that is wrong with it, without
 * running any of it.
 */
import { type CallExpression, Node, type ts } from "ts-morph"
import { problemsIn } from "./diagnose.ts"
import { calledBy, followed, givenBack } from "./followExpressions.ts"
import { FlowFollower, type FlowSource } from "./followFlows.ts"
import {
  columnsOf,
  parametersOf,
  present,
  propertyType,
  type Types,
  hiddenType,
  hiddenProperty
} from "./rowTypes.ts"
import { openSource, placeAt, placeOf, shown, type SourceProject } from "./SourceProject.ts"
import type { SourceProblem, SourceReport, SourceStep } from "./SourceReport.ts"
import { unusedSteps } from "./unusedSteps.ts"

const shortest = 60

/**
 * Reads a TypeScript or JavaScript module whose default export is a pipeline with the compiler's
 * eyes, and runs nothing of it: its steps with their columns, parameters and connections, and all
 * problems with their places.
 *
 * Problems of wiring are told in the sentences of the check at run time. What the types do not
 * tell, such as the length of a list that a loop makes, is noted as not followed.
 *
 * @fails SourceError, thrown, if there is no such file, or it is no module
 */
export const inspectSource = (path: string): SourceReport => {
  const started = performance.now()
  const project = openSource(path)
  const found = problemsIn(project)
  const unreadable = found.some(({ kind }) => kind === "syntax")
  const report = unreadable ? { ...nothing, problems: found } : exported(project, found)
  return {
    file: shown(project.file.getFilePath()),
    ...report,
    seconds: (performance.now() - started) / 1000
  }
}

type Content = Omit<SourceReport, "file" | "seconds">

const nothing: Content = {
  name: undefined,
  description: undefined,
  steps: [],
  subsets: [],
  unplaced: [],
  notFollowed: [],
  problems: []
}

/** What the default export is. */
const exported = (project: SourceProject, problems: ReadonlyArray<SourceProblem>): Content => {
  const { checker, file } = project
  const wrong = (code: string, message: string): Content => ({
    ...nothing,
    problems: [...problems, { ...placeAt(file, 0), kind: "module", code, message }]
  })
  const symbol = file.getDefaultExportSymbol()
  const target = symbol?.getAliasedSymbol() ?? symbol
  const declaration = target?.getDeclarations()[0]
  if (target === undefined || declaration === undefined) {
    return wrong(
      "NoDefaultExport",
      `The file has no default export, but a pipeline is needed: export default Pipeline("name", {}, from(load).to(task)).`
    )
  }
  const expression = Node.isExportAssignment(declaration)
    ? declaration.getExpression()
    : Node.isVariableDeclaration(declaration)
      ? declaration.getInitializer()
      : undefined
  const types: Types = { checker, at: declaration.compilerNode }
  const type = checker.getTypeOfSymbolAtLocation(target.compilerSymbol, types.at)
  if (
    propertyType(types, type, "graph") === undefined ||
    hiddenProperty(checker, type, "leaves") === undefined
  ) {
    // Where the library itself is not found, nothing has a type, and the import has been told of.
    return problems.some(({ kind }) => kind === "module")
      ? { ...nothing, problems }
      : wrong(
          "NoPipeline",
          `The default export is no pipeline but '${checker.typeToString(type).slice(0, shortest)}'. Write: export default Pipeline("name", {}, from(load).to(task)).`
        )
  }
  const content = contentOf(project, types, type, expression)
  // What does not fit has no type by which its steps could be found.
  if (problems.length > 0) return { ...content, problems }
  const known = new Set([...content.steps, ...content.unplaced].map(({ name }) => name))
  return { ...content, problems: unusedSteps(checker, file, known) }
}

const contentOf = (
  { checker, files }: SourceProject,
  types: Types,
  type: ts.Type,
  expression: Node | undefined
): Omit<Content, "problems"> => {
  const isOwn = (node: Node): boolean => files.includes(node.getSourceFile())
  const follower = new FlowFollower(checker, isOwn)
  const call = expression === undefined ? undefined : pipelineCall(expression, isOwn)
  const [name, options, leaf] = call?.getArguments() ?? []
  const leaves = leaf === undefined ? undefined : follower.flows(leaf)
  const steps = leaves === undefined ? [] : inOrder(leaves).flatMap(stepsOf)
  const parameters = hiddenType(types, type, "steps")
  const subsets = hiddenType(types, type, "leaves")
  const known = new Set(steps.map((step) => step.name))
  const each = (record: ts.Type | undefined) =>
    record === undefined ? [] : checker.getPropertiesOfType(present(types, record))
  return {
    name: name === undefined ? undefined : textIn(name),
    description: options === undefined ? undefined : textOfOption(options, "description"),
    steps,
    subsets: each(subsets).map((subset) => ({
      name: subset.name,
      columns: columnsOf(types, checker.getTypeOfSymbolAtLocation(subset, types.at))
    })),
    unplaced: each(parameters)
      .filter((step) => !known.has(step.name))
      .map((step) => ({
        name: step.name,
        parameters: parametersOf(types, checker.getTypeOfSymbolAtLocation(step, types.at))
      })),
    notFollowed: [
      ...follower.notFollowed,
      ...(call === undefined && expression !== undefined ? [expression] : [])
    ].map((node) => ({ ...placeOf(node), text: node.getText().split("\n")[0]!.slice(0, shortest) }))
  }
}

/** The call of `Pipeline` that an expression comes down to. */
const pipelineCall = (
  expression: Node,
  isOwn: (node: Node) => boolean
): CallExpression | undefined => {
  const call = followed(expression)
  if (!Node.isCallExpression(call)) return undefined
  const { declaration, name } = calledBy(call)
  if (name === "Pipeline") return call
  const result = declaration !== undefined && isOwn(declaration) ? givenBack(call) : undefined
  return result === undefined ? undefined : pipelineCall(result, isOwn)
}

const textIn = (node: Node): string | undefined => {
  const value = followed(node)
  return Node.isStringLiteral(value) || Node.isNoSubstitutionTemplateLiteral(value)
    ? value.getLiteralValue()
    : undefined
}

const textOfOption = (options: Node, name: string): string | undefined => {
  const object = followed(options)
  const property = Node.isObjectLiteralExpression(object) ? object.getProperty(name) : undefined
  return Node.isPropertyAssignment(property) ? textIn(property.getInitializerOrThrow()) : undefined
}

/** Nodes after those they get rows from. */
const inOrder = (leaves: ReadonlyArray<FlowSource>): ReadonlyArray<FlowSource> => {
  const found = new Set<FlowSource>()
  const waiting: Array<{ readonly node: FlowSource; readonly done: boolean }> = []
  for (const leaf of leaves) {
    waiting.push({ node: leaf, done: false })
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { done, node } = next
      if (found.has(node)) continue
      if (done) found.add(node)
      else
        waiting.push(
          { node, done: true },
          ...node.from.toReversed().map((before) => ({ node: before, done: false }))
        )
    }
  }
  return [...found]
}

/** The steps of a node, one for each name. */
const stepsOf = ({
  after,
  before,
  from,
  gets,
  input,
  step
}: FlowSource): ReadonlyArray<SourceStep> => {
  const { models, names, ...rest } = step
  return names.map((name) => {
    const own = models.filter((model) => name.includes(model))
    const model = (own.length === 1 ? own : models).join(" | ")
    return {
      name,
      ...rest,
      ...(model === "" ? {} : { model }),
      from: from.flatMap((node) => node.step.names),
      gets,
      input,
      before,
      after
    }
  })
}
