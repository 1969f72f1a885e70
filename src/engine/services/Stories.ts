/** Stories of runs: what the card of a dataset tells of the pipeline that made it. */
import * as Context from "effect/Context"
import type { Story } from "../../data/distiset/Story.ts"
import type { AnyPipeline } from "../../pipeline/Pipeline.ts"

/** Tells the story of a pipeline whose rows are in a folder. */
export class Stories extends Context.Service<
  Stories,
  { readonly storyOf: (pipeline: AnyPipeline, directory: string) => Story }
>()("distilabel-ts/engine/Stories") {}
