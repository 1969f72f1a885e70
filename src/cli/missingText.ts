/** What a document names and is not here, and how to give it on the command line. */
import type { MissingPart } from "../document/classes/Registry.ts"
import { isLoaded } from "../document/read/LoadedPipeline.ts"
import type { AnyPipeline } from "../pipeline/Pipeline.ts"

const kinds: Readonly<Record<MissingPart["kind"], string>> = {
  step: "class",
  model: "model class",
  schema: "schema",
  function: "function",
  routing: "routing function"
}

/** One missing part as a sentence. */
export const missingText = (part: MissingPart): string => {
  const { kind, module, name, steps } = part
  return `The ${kinds[kind]} '${name}'${module === "" ? "" : ` of '${module}'`}, which ${steps.map((step) => `'${step}'`).join(", ")} need${steps.length === 1 ? "s" : ""}, is not here.`
}

/** How to give what is missing, once for all of it. */
export const bindingText = (missing: ReadonlyArray<MissingPart>): ReadonlyArray<string> => {
  const own = missing.filter(isExport)
  const modules = [...new Set(own.map(({ module }) => module))]
  const classes = missing.filter((part) => !isExport(part))
  return [
    ...(modules.length === 0
      ? []
      : [`Let it import its modules: ${modules.map((module) => `--allow ${module}`).join(" ")}`]),
    ...(classes.length === 0
      ? []
      : [
          `Write what stands for them in a module, and give it with --bind FILE:`,
          ...new Set(classes.map((part) => `  ${exampleOf(part)}`))
        ])
  ]
}

/** Whether it is an export of a module of the document's own, which only has to be allowed. */
const isExport = ({ give }: MissingPart): boolean => give.startsWith("modules:")

const exampleOf = ({ kind, name }: MissingPart): string => {
  if (kind === "schema") return `export const ${name} = Schema.Struct({ … })`
  return kind === "model"
    ? `export const ${name} = ({ model }) => OpenAILLM({ model, … })`
    : `export const ${name} = ({ name }) => step({ name, … })`
}

/** A pipeline that lacks something that its document names. */
export class Incomplete extends Error {
  override readonly name = "Incomplete"
}

/** Refuses a pipeline that lacks something, before anything is loaded. */
export const refuseIncomplete = (pipeline: AnyPipeline): void => {
  if (!isLoaded(pipeline) || pipeline.missing.length === 0) return
  throw new Incomplete(
    [
      `Pipeline '${pipeline.name}' can be looked at, but not run:`,
      ...pipeline.missing.map((part) => `  ${missingText(part)}`),
      ...bindingText(pipeline.missing)
    ].join("\n")
  )
}
