/** Pipelines that came from documents: as good as any, and with what the document said beside. */
import type { Row } from "../../columns/Row.ts"
import type { Pipeline } from "../../pipeline/Pipeline.ts"
import type { ParameterValues } from "../../step/makeStep.ts"
import type { StepData } from "../../step/Step.ts"
import type { MissingPart } from "../classes/Registry.ts"
import type { Tree } from "../tree/Tree.ts"

/** Something that was read otherwise than one may think, with its place in the text. */
export interface DocumentWarning {
  readonly path: string
  readonly line?: number | undefined
  readonly column?: number | undefined
  readonly detail: string
}

/** A pipeline from a document. Its types are known only at run time; its wiring was checked. */
export interface LoadedPipeline extends Pipeline<
  Readonly<Record<string, ParameterValues>>,
  Readonly<Record<string, Row>>
> {
  /** The file or address it came from. */
  readonly source: string
  /** What the document names and is not here. While there is anything, the pipeline refuses to run. */
  readonly missing: ReadonlyArray<MissingPart>
  readonly warnings: ReadonlyArray<DocumentWarning>
  /** What the document said, for saving it again; its secrets are concealed. */
  readonly said: Said
}

/** A document as it was read, and the steps that were made of it, by their name. */
export interface Said {
  readonly tree: Tree
  readonly steps: ReadonlyMap<string, { readonly entry: number; readonly step: StepData }>
}

export const isLoaded = (pipeline: object): pipeline is LoadedPipeline =>
  "said" in pipeline && "missing" in pipeline
