/** TextGenerationWithImage: text generation that looks at an image. */
import * as Schema from "effect/Schema"
import type { Names, Renamed, RenamedOut } from "../../columns/mapping.ts"
import type { AnyLLM } from "../../models/chat/LLM.ts"
import { checkedOptions } from "../../step/checkedOptions.ts"
import { defined } from "../../step/Definition.ts"
import type { NoAnswer } from "../../tasks/Answer.ts"
import { given } from "../../tasks/given.ts"
import { fileAddress, typeIn } from "../../tasks/localMedia.ts"
import { makeTask } from "../../tasks/makeTask.ts"
import { taskDefinition } from "../../tasks/taskOptions.ts"
import type { Answered, TaskOptions, TaskStep } from "../../tasks/TaskStep.ts"
import { promptOf, type TemplateRow } from "../../tasks/TextGeneration.ts"
import { templateInPython, usualTemplate } from "../../tasks/textGenerationInPython.ts"

interface Generated {
  readonly generation: string
}

type ImageRow<Template extends string, Listed extends string> = Omit<
  TemplateRow<Template, Listed>,
  "system_prompt"
> & { readonly image: string | Uint8Array | { readonly bytes: string | Uint8Array } }

export interface TextGenerationWithImageOptions<
  Name extends string,
  L extends AnyLLM,
  Template extends string,
  Listed extends string,
  Grouped extends boolean,
  InputMap,
  OutputMap,
  Reasoned extends boolean,
  Nulls extends NoAnswer
> extends TaskOptions<Name, L, Grouped, InputMap, OutputMap, Reasoned, Nulls> {
  /**
   * What `image` holds: an address, the bytes in base64, or the path of a file below the folder
   * that `mediaFolder` names. `PIL` is base64 too, as datasets of Python's hold such images.
   * Default `url`.
   */
  readonly imageType?: "url" | "base64" | "PIL" | "path"
  /** What the model is told before. Default: nothing. */
  readonly systemPrompt?: string
  /** A Jinja template of the prompt. Default `{{ instruction }}`. */
  readonly template?: Template
  /** Columns that the template reads, where its text is not known at compile time. */
  readonly columns?: Listed | ReadonlyArray<Listed>
}

const own = {
  systemPrompt: Schema.optionalKey(Schema.String),
  template: Schema.optionalKey(Schema.String),
  columns: Schema.optionalKey(Schema.Union([Schema.String, Schema.Array(Schema.String)])),
  imageType: Schema.optionalKey(Schema.Literals(["url", "base64", "PIL", "path"]))
}

const definition = taskDefinition({
  type: "TextGenerationWithImage",
  about: "Answers an instruction about an image with a model that sees.",
  options: own,
  defaults: { template: usualTemplate, imageType: "url" },
  python: templateInPython
})

/**
 * Answers an instruction about an image with a model that sees.
 *
 * @example
 *   const describe = TextGenerationWithImage({
 *     name: "describe",
 *     llm: OpenAILLM({ model: "gpt-4o-mini" }),
 *     imageType: "url"
 *   })
 *
 * @reads instruction string — or the columns that the template names
 * @reads image an address, or the image in base64 with `imageType: "base64"`, or the path of a file below `mediaFolder` with `imageType: "path"`; bytes, and `{ bytes }` as `ImageGeneration` adds it, are always the image itself
 * @adds generation string
 * @adds reasoning string or null — what the model thought before it answered; with option `reasoning: true` only
 * @adds model_name string
 * @adds distilabel_metadata the chat sent, the raw answer and token counts, under the task's name
 * @fails RowFailed when the row has no image, or the model does not answer
 * @source https://distilabel.argilla.io/latest/components-gallery/tasks/textgenerationwithimage/
 */
export const TextGenerationWithImage = defined(
  definition,
  <
    const Name extends string,
    L extends AnyLLM,
    const Template extends string = never,
    const Listed extends string = never,
    const Grouped extends boolean = false,
    const InputMap extends Names<ImageRow<Template, Listed>> = {},
    const Reasoned extends boolean = false,
    const Nulls extends NoAnswer = "error",
    const OutputMap extends Names<Answered<Generated, Grouped, Reasoned, Nulls>> = {}
  >(
    options: TextGenerationWithImageOptions<
      Name,
      L,
      Template,
      Listed,
      Grouped,
      InputMap,
      OutputMap,
      Reasoned,
      Nulls
    >
  ): TaskStep<
    "TextGenerationWithImage",
    Name,
    Renamed<ImageRow<Template, Listed>, InputMap>,
    RenamedOut<Answered<Generated, Grouped, Reasoned, Nulls>, InputMap, OutputMap>,
    L
  > => {
    checkedOptions("TextGenerationWithImage", own, {}, options)
    const { columns, imageType = "url", name, systemPrompt = "", template } = options
    const prompt = promptOf(name, template, columns === undefined ? [] : [columns].flat())
    return makeTask({
      definition,
      options,
      reads: { ...prompt.reads, image: Image },
      outputs: { generation: Schema.String },
      format: (row) => [
        ...(systemPrompt === "" ? [] : [{ role: "system" as const, content: systemPrompt }]),
        {
          role: "user",
          content: [
            { type: "text", text: prompt.textOf(row) },
            { type: "image_url", image_url: { url: addressOf(row["image"], imageType) } }
          ]
        }
      ],
      fixed: prompt.fixed,
      parse: (answer) => ({ generation: given(answer) })
    })
  }
)

const Bytes = Schema.Union([Schema.String, Schema.Uint8Array])
const Image = Schema.Union([...Bytes.members, Schema.Struct({ bytes: Bytes })])

const addressOf = (image: unknown, type: string): string => {
  if (typeof image === "object" && image !== null && "bytes" in image)
    return addressOf(image.bytes, "base64")
  if (typeof image === "string" && image !== "" && type === "url") return image
  if (typeof image === "string" && image !== "" && type === "path") return fileAddress(image)
  const base64 =
    image instanceof Uint8Array ? Buffer.from(image).toString("base64") : (image as string)
  if (typeof base64 !== "string" || base64 === "")
    throw new Error("'image' is neither a text nor bytes")
  return base64.startsWith("data:") ? base64 : `data:${typeOf(base64)};base64,${base64}`
}

/** What an image is by its first bytes; JPEG where they are of none that is known. */
const typeOf = (base64: string): string =>
  typeIn(Buffer.from(base64.slice(0, 32), "base64"), "image") ?? "image/jpeg"
