/**
 * Loading: a document becomes a checked pipeline, or all that is wrong with it is told at once.
 * Nothing of it is executed.
 */
import { check } from "../../pipeline/check.ts"
import { concatStep } from "../../pipeline/Flow.ts"
import type { WrittenGraph } from "../../pipeline/Graph.ts"
import type { StepData } from "../../step/Step.ts"
import { InvalidDocument } from "../tree/DocumentProblem.ts"
import {
  documentVersion,
  ownKey,
  type PipelineDocument,
  shapeIssues
} from "../tree/DocumentSchema.ts"
import { automaticName } from "../tree/names.ts"
import { type ReadDocument, shownPath } from "../tree/Tree.ts"
import { asPython } from "./asPython.ts"
import type { LoadedPipeline } from "./LoadedPipeline.ts"
import { type Outside, Reader } from "./Reader.ts"
import { readGraph, type StepNames } from "./readGraph.ts"
import { ownFields } from "./readModel.ts"
import { readStep } from "./readStep.ts"
import { overlaid, refusing } from "./refusing.ts"
import { concealedTree } from "./secrets.ts"
import { placeOf } from "./wiringPlaces.ts"

/** Makes a pipeline of a document. Throws `InvalidDocument` with all that is wrong. */
export const load = (read: ReadDocument, source: string, outside: Outside): LoadedPipeline => {
  const reader = new Reader(read, outside)
  const fail = (): never => {
    throw new InvalidDocument({ source, problems: reader.problems })
  }
  for (const { detail, key, path } of shapeIssues(read.value))
    reader.complain("WrongShape", path, detail, key ? "key" : "value")
  // Without the right shape nothing can be made; what else seems wrong would be its consequence.
  if (reader.problems.length > 0) return fail()
  const { secrets, tree } = concealedTree(read.value)
  for (const path of secrets)
    reader.warn(
      path,
      `'${shownPath(path)}' holds a secret. It is used, and never written; take it out of the document and give it by the environment.`
    )
  const document = tree as unknown as PipelineDocument
  const version = document[ownKey]?.version ?? documentVersion
  if (version > documentVersion)
    reader.complain(
      "WrongShape",
      [ownKey, "version"],
      `The document has version ${version}, and this library reads versions up to ${documentVersion}. Update the library.`
    )
  const names = stepNames(document)
  const { froms, gathers, leaves, routings } = readGraph(document, names, reader)
  const broken = reader.problems.length > 0
  const steps = document.pipeline.steps.map(({ step }, i): StepData => {
    const name = names.own[i]!
    const at = reader.reading(name, ["pipeline", "steps", i, "step"])
    if (ownFields(step)["gather"] === "concat") return overlaid(concatStep(name), {})
    return readStep(outside.registry, step, { name, before: froms[i]!.length }, at)
  })
  // Now that all is read, steps that lack something refuse to run.
  const ready = steps.map((step) =>
    reader.lacking(step.name).length === 0 ? step : refusing(step, reader.lacking(step.name))
  )
  const followed = new Set(froms.flat())
  const graphOf = (zipped: ReadonlySet<string>): WrittenGraph => ({
    nodes: ready.map((step, i) => ({
      name: names.own[i]!,
      step,
      from: froms[i]!,
      gather: zipped.has(names.own[i]!) ? "zip" : gathers[i]!
    })),
    routings,
    leaves: leaves ?? names.own.filter((name) => !followed.has(name))
  })
  const { graph, lets, problems } = reader.isPythons
    ? asPython(graphOf)
    : { ...check(graphOf(new Set())), lets: [] }
  // Where names or connections are broken, what else seems wrong is mostly their consequence.
  const named = problems.filter(({ _tag }) => _tag === "TakenName" || _tag === "BadName")
  for (const problem of broken || named.length > 0 ? named : problems) {
    const { part, path } = placeOf(problem, document, names.own)
    reader.complain("Wiring", path, problem.message, part, problem)
  }
  if (reader.problems.length > 0) return fail()
  for (const problem of lets)
    reader.warn(
      placeOf(problem, document, names.own).path,
      `${problem.message} Python does not look at types: rows without a value will be error rows.`
    )
  const { description, name } = document.pipeline
  return {
    name: name ?? `pipeline_${names.own.join("_")}`,
    ...(description === undefined || description === null ? {} : { description }),
    graph,
    source,
    missing: reader.missing,
    warnings: reader.warnings,
    said: { tree, steps: new Map(ready.map((step, entry) => [step.name, { entry, step }])) }
  }
}

const stepNames = ({ pipeline }: PipelineDocument): StepNames => {
  const taken = new Set<string>()
  const written = pipeline.steps.map(({ name, step }) => {
    const found = step.name ?? name ?? automaticName(step.type_info.name, (one) => taken.has(one))
    taken.add(found)
    return found
  })
  const own = pipeline.steps.map(({ step }, i) => {
    const { name } = ownFields(step)
    return typeof name === "string" ? name : written[i]!
  })
  return { written, own }
}
