/** ImageGeneration: images after descriptions. */
import * as Schema from "effect/Schema"
import { ImageFile } from "../../columns/images.ts"
import type { Mapped, Names, Renamed, RenamedOut } from "../../columns/mapping.ts"
import type { Adds } from "../../columns/Row.ts"
import { withColumns } from "../../columns/Shape.ts"
import type { AnyImages } from "../../models/chat/Images.ts"
import type { ParametersOf } from "../../models/chat/Model.ts"
import { checkedOptions } from "../../step/checkedOptions.ts"
import { define, defined } from "../../step/Definition.ts"
import { checkDraws, imageWorker } from "../../step/imageWorker.ts"
import type { StepParameters } from "../../step/makeStep.ts"
import { modelParameters } from "../../step/openModel.ts"
import { ModelOption } from "../../step/options.ts"
import type { Step } from "../../step/Step.ts"
import { stepOf } from "../../step/stepOf.ts"
import { textOf } from "../values/texts.ts"

interface Prompted {
  readonly prompt: string
}

interface Drawn {
  readonly image: ImageFile
  readonly model_name: string
}

export interface ImageGenerationOptions<
  Name extends string,
  Model extends AnyImages,
  InputMap,
  OutputMap
> {
  readonly name: Name
  /** The model that draws: `OpenAIImages`. */
  readonly llm: Model
  /** Images for each row, each in a row of its own. Default 1. */
  readonly numGenerations?: number
  /** Rows in one batch, where batches are routed; rows do not wait for one another. Default 50. */
  readonly inputBatchSize?: number
  /** False to have images drawn anew on every run. Default true. */
  readonly useCache?: boolean
  /** The flow's columns under the step's own names: `{ prompt: "description" }`. */
  readonly inputMappings?: InputMap
  /** New names for the columns that the step adds. */
  readonly outputMappings?: OutputMap
}

export const definition = define({
  type: "ImageGeneration",
  about: "Draws images after descriptions.",
  options: {
    llm: ModelOption,
    numGenerations: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0)))
  },
  defaults: { numGenerations: 1 },
  parameters: ["numGenerations"],
  asks: "images",
  python: {
    keys: { llm: "image_generation_model" },
    ignores: {
      save_artifacts: [false],
      image_format: ["JPEG"],
      llm: [null],
      group_generations: [false],
      add_raw_input: [true, false],
      add_raw_output: [true, false],
      use_default_structured_output: [false]
    }
  }
})

const columns = { image: ImageFile, model_name: Schema.String }

/**
 * Draws images after descriptions.
 *
 * Datasets hold the images themselves: on the Hub, and for Python's `datasets`, the column is one
 * of images. Where a server gives addresses, the images are fetched at once, since those are soon
 * gone.
 *
 * @example
 *   const draw = ImageGeneration({
 *     name: "draw",
 *     llm: OpenAIImages({ model: "gpt-image-1", generationKwargs: { size: "1024x1024" } }),
 *     numGenerations: 2
 *   })
 *
 * @reads prompt string — what is to be seen
 * @adds image `{ bytes, path }` — the file's bytes, and its name, whose ending tells the type: `….png`
 * @adds model_name string
 * @fails RowFailed when the prompt is empty, the model refuses, or an image cannot be fetched; StepFailed when the model cannot be opened
 * @source https://distilabel.argilla.io/latest/components-gallery/tasks/imagegeneration/
 */
export const ImageGeneration = defined(
  definition,
  <
    const Name extends string,
    Model extends AnyImages,
    const InputMap extends Names<Prompted> = {},
    const OutputMap extends Names<Drawn> = {}
  >(
    options: ImageGenerationOptions<
      Name,
      Model,
      Mapped<InputMap, Prompted>,
      Mapped<OutputMap, Drawn>
    >
  ): Step<
    Name,
    Renamed<Prompted, InputMap>,
    Adds<RenamedOut<Drawn, InputMap, OutputMap>>,
    StepParameters & { readonly llm?: ParametersOf<Model>; readonly numGenerations?: number }
  > => {
    const { llm, name, useCache } = options
    const own = checkedOptions(
      "ImageGeneration",
      definition.options,
      { ...definition.defaults },
      options
    ) as { readonly numGenerations: number }
    return stepOf(definition, options, {
      kind: "step",
      rowCount: "one-to-many",
      reads: { prompt: Schema.String },
      gives: (have) => withColumns(have, columns),
      extendsRows: true,
      declares: { columns, open: false },
      parameters: { llm: modelParameters(llm) },
      check: () => checkDraws(name, llm),
      open: ({ llm: parameters, numGenerations }) =>
        imageWorker(
          {
            name,
            llm,
            parameters,
            useCache,
            count: (numGenerations as number | undefined) ?? own.numGenerations
          },
          (row) => promptIn(row["prompt"])
        )
    })
  }
)

const promptIn = (prompt: unknown): string => {
  const text = textOf(prompt, "prompt")
  if (text.trim() === "") throw new Error("'prompt' is empty")
  return text
}
