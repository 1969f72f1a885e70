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
      live: { type: "boolean", default: false },
      help: { type: "boolean", default: false }
    }
  })
)
if (given.help) {
  console.log(`Usage: npm start -- [options]

Runs the seed pipeline: each instruction is answered by two of three models.

  --input FILE       rows to read (default: instructions that come with the examples)
  --map NAME=prompt  the column that holds the prompts, where it is not 'prompt'
  --output DIR       where the results go (default: output)
  --live             ask the real services, not simulated ones; needs OPENAI_API_KEY, MISTRAL_API_KEY and GOOGLE_CLOUD_PROJECT
`)
  process.exit(0)
}

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
      "text_generation_with_mistral-large-2402": {
        llm: { ...providers.mistral, generationKwargs }
      },
      "text_generation_with_gemini-1.5-pro": { llm: { ...providers.vertex, generationKwargs } }
    }
  })
  await printSample(distiset)
})
