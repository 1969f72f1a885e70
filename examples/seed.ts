/** Runs the seed pipeline: `npm start`. */
import { parseArgs } from "node:util"
import { runPromise } from "distilabel-ts"
import { connect } from "./connect.ts"
import { printSample } from "./printSample.ts"
import { seedPipeline } from "./seedPipeline.ts"
import { orTell } from "./tell.ts"

const { values: given } = orTell(() =>
  parseArgs({
    options: {
      input: { type: "string", default: "examples/data/instructions.jsonl" },
      map: { type: "string", default: "prompt=prompt" },
      output: { type: "string", default: "output" },
      live: { type: "boolean", default: false }
    }
  })
)

// `--map question=prompt` reads the prompts from another column.
const pipeline = seedPipeline(given.map.split("=")[0] as "prompt")

await orTell(async () => {
  await using providers = await connect(given.live)
  const generationKwargs = { temperature: 0.7, maxNewTokens: 512 }
  const distiset = await runPromise(pipeline, {
    outputDir: given.output,
    parameters: {
      load_dataset: { dataFiles: given.input },
      "text_generation_with_gpt-4-0125-preview": { llm: { ...providers.openai, generationKwargs } },
      "text_generation_with_mistral-large-2402": { llm: { ...providers.mistral, generationKwargs } },
      "text_generation_with_gemini-1.5-pro": { llm: { ...providers.vertex, generationKwargs } }
    }
  })
  await printSample(distiset)
})
