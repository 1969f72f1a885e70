/**
 * Looking at a pipeline's source: what it is made of, and all that is wrong with it, without
 * running any of it.
 */
import type { CallExpression, Compiler, Node, SourceType } from "../compilers/Compiler.ts"
import { type ReadWith, readWithCompiler } from "../compilers/readWithCompiler.ts"
import { shownPath } from "../compilers/shownPath.ts"
import { problemsIn } from "./diagnose.ts"
import { calledBy, followed, givenBack, optionOf, ownNode } from "./followExpressions.ts"
import { FlowFollower, type FlowSource } from "./followFlows.ts"
import { inOrder } from "./inOrder.ts"
import {
  columnsOf,
  parametersOf,
  present,
  propertyType,
  type Types,
  hiddenType,
  hiddenProperty
} from "./rowTypes.ts"
import { modulePath, projectOf, type SourceProject } from "./SourceProject.ts"
import type { SourceProblem, SourceReport, SourceStep } from "./SourceReport.ts"
import { unusedSteps } from "./unusedSteps.ts"
import { placeAt, placeOf } from "./walkNodes.ts"

const shortest = 60

/**
 * Reads a TypeScript or JavaScript module whose default export is a pipeline with the compiler's
 * eyes, and runs nothing of it: its steps with their columns, parameters and connections, and all
 * problems with their places.
 *
 * Problems of wiring are told in the sentences of the check at run time. What the types do not
 * tell, such as the length of a list that a loop makes, is noted as not followed.
 *
 * @fails SourceError, as a rejection, if there is no such file, or it is no module
 */
export const inspectSource = async (
  path: string,
  readWith: ReadWith = readWithCompiler
): Promise<SourceReport> => {
  const started = performance.now()
  const full = modulePath(path)
  const report = await readWith(full, (compiler) => reportOf(projectOf(compiler, full)))
  return { file: shownPath(full), ...report, seconds: (performance.now() - started) / 1000 }
}

const reportOf = (project: SourceProject): Content => {
  const found = problemsIn(project)
  const unreadable = found.some(({ kind }) => kind === "syntax")
  return unreadable ? { ...nothing, problems: found } : exported(project, found)
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
  const { compiler, file } = project
  const { checker, is } = compiler
  const wrong = (code: string, message: string): Content => ({
    ...nothing,
    problems: [...problems, { ...placeAt(file, 0), kind: "module", code, message }]
  })
  const target = checker.defaultExportOf(file)
  const declaration = target === undefined ? undefined : checker.declarationOf(target)?.node()
  if (target === undefined || declaration === undefined) {
    return wrong(
      "NoDefaultExport",
      `The file has no default export, but a pipeline is needed: export default Pipeline("name", {}, from(load).to(task)).`
    )
  }
  const expression = is.isExportAssignment(declaration)
    ? declaration.expression
    : is.isVariableDeclaration(declaration)
      ? declaration.initializer
      : undefined
  const types: Types = { checker, at: declaration }
  const type = checker.typeOf(target, declaration)
  if (
    propertyType(types, type, "graph") === undefined ||
    hiddenProperty(checker, type, "leaves") === undefined
  ) {
    // Where the library itself is not found, nothing has a type, and the import has been told of.
    return problems.some(({ kind }) => kind === "module")
      ? { ...nothing, problems }
      : wrong(
          "NoPipeline",
          `The default export is no pipeline but '${checker.textOf(type).slice(0, shortest)}'. Write: export default Pipeline("name", {}, from(load).to(task)).`
        )
  }
  const content = contentOf(project, types, type, expression)
  // What does not fit has no type by which its steps could be found.
  if (problems.length > 0) return { ...content, problems }
  const known = new Set([...content.steps, ...content.unplaced].map(({ name }) => name))
  return { ...content, problems: unusedSteps(compiler, file, known) }
}

const contentOf = (
  { compiler }: SourceProject,
  types: Types,
  type: SourceType,
  expression: Node | undefined
): Omit<Content, "problems"> => {
  const { checker } = compiler
  const follower = new FlowFollower(compiler)
  const call = expression === undefined ? undefined : pipelineCall(compiler, expression)
  const [name, options, leaf] = call?.arguments ?? []
  const description = options === undefined ? undefined : optionOf(compiler, options, "description")
  const leaves = leaf === undefined ? undefined : follower.flows(leaf)
  const steps = leaves === undefined ? [] : fromSources(leaves).flatMap(stepsOf)
  const leafNames = leaves?.flatMap(({ step }) => step.names) ?? []
  const parameters = hiddenType(types, type, "steps")
  const subsets = hiddenType(types, type, "leaves")
  const known = new Set(steps.map((step) => step.name))
  const each = (record: SourceType | undefined) =>
    record === undefined ? [] : checker.propertiesOf(present(types, record))
  return {
    name: name === undefined ? undefined : textIn(compiler, name),
    description: description === undefined ? undefined : textIn(compiler, description),
    steps,
    subsets: inOrder(each(subsets), nameOf, leafNames).map((subset) => {
      // The only leaf has the name of the only subset, which is not its own.
      const leaf = leaves?.find(({ step }) => step.names.includes(subset.name)) ?? leaves?.[0]
      const columns = columnsOf(types, checker.typeOf(subset, types.at))
      return {
        name: subset.name,
        columns: inOrder(columns, nameOf, leaf?.after.map(nameOf) ?? [])
      }
    }),
    unplaced: each(parameters)
      .filter((step) => !known.has(step.name))
      .map((step) => ({
        name: step.name,
        parameters: parametersOf(types, checker.typeOf(step, types.at))
      })),
    notFollowed: [
      ...follower.notFollowed,
      ...(call === undefined && expression !== undefined ? [expression] : [])
    ].map((node) => ({ ...placeOf(node), text: node.getText().split("\n")[0]!.slice(0, shortest) }))
  }
}

const nameOf = ({ name }: { readonly name: string }): string => name

/** The call of `Pipeline` that an expression comes down to. */
const pipelineCall = (compiler: Compiler, expression: Node): CallExpression | undefined => {
  const call = followed(compiler, expression)
  if (!compiler.is.isCallExpression(call)) return undefined
  const { declaration, name } = calledBy(compiler, call)
  if (name === "Pipeline") return call
  const result = ownNode(declaration) === undefined ? undefined : givenBack(compiler, call)
  return result === undefined ? undefined : pipelineCall(compiler, result)
}

const textIn = (compiler: Compiler, node: Node): string | undefined => {
  const value = followed(compiler, node)
  return compiler.is.isStringLiteral(value) || compiler.is.isNoSubstitutionTemplateLiteral(value)
    ? value.text
    : undefined
}

/** Nodes after those they get rows from. */
const fromSources = (leaves: ReadonlyArray<FlowSource>): ReadonlyArray<FlowSource> => {
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
/** Whether a name is known only when the pipeline runs. */
const isPattern = (name: string): boolean => name === "string" || name.includes("${")

const stepsOf = ({
  after,
  before,
  from,
  gets,
  input,
  step
}: FlowSource): ReadonlyArray<SourceStep> => {
  const { models, names, times, ...rest } = step
  return names.map((name) => {
    const own = models.filter((model) => name.includes(model))
    const model = (own.length === 1 ? own : models).join(" | ")
    return {
      name,
      ...rest,
      ...(model === "" ? {} : { model }),
      // Names that are known are of a step each.
      ...(times === 1 || !isPattern(name) ? {} : { times }),
      from: from.flatMap((node) => node.step.names),
      gets,
      input,
      before,
      after
    }
  })
}
