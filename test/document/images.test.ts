import { readFileSync } from "node:fs"
import { expect, it } from "vitest"
import { fromYamlPromise, toYamlPromise } from "../../src/index.ts"

const document = (kwargs: string): string => `
distilabel: {version: 1.5.3}
pipeline:
  name: p
  steps:
    - step:
        name: load
        data: [{prompt: A river in Peru}]
        type_info: {module: distilabel.steps.generators.data, name: LoadDataFromDicts}
      name: load
    - step:
        name: draw
        image_generation_model:
          model: gpt-image-1
          max_retries: 6
          generation_kwargs: ${kwargs}
          type_info: {module: distilabel.models.image_generation.openai, name: OpenAIImageGeneration}
        type_info: {module: distilabel.steps.tasks.image_generation, name: ImageGeneration}
      name: draw
  connections: [{from: load, to: [draw]}, {from: draw, to: []}]
`

it("Python's OpenAIImageGeneration is OpenAIImages, and is written under Python's name", async () => {
  const pipeline = await fromYamlPromise(document("{size: 1024x1024, quality: low}"))
  expect(pipeline.missing).toEqual([])
  expect(pipeline.graph.nodes.get("draw")!.step.options["llm"]).toMatchObject({
    type: "OpenAIImages",
    model: "gpt-image-1",
    generationKwargs: { size: "1024x1024", quality: "low" }
  })
  const text = await toYamlPromise(pipeline)
  expect(text).toContain("name: OpenAIImageGeneration")
  expect((await fromYamlPromise(text)).missing).toEqual([])
})

it("an argument that neither knows is a problem with its place", async () => {
  await expect(fromYamlPromise(document("{colour: blue}"))).rejects.toThrow(
    /16:31 'generation_kwargs' of 'draw' has 'colour'/
  )
})

it("the page of the gallery has both names", () => {
  expect(readFileSync("docs/gallery.md", "utf8")).toMatch(
    /`OpenAIImages`.*models\.image_generation\.openai\.OpenAIImageGeneration/
  )
})
