/** One message, three voices: copies of a small task with an option, rows for fine-tuning of each. */
import {
  defineTask,
  FormatTextGenerationSFT,
  from,
  LoadDataFromDicts,
  OpenAILLM,
  Pipeline
} from "distilabel-ts"
import { Schema } from "effect"

const Reply = defineTask({
  type: "Reply",
  about: "Replies to a message in a given voice.",
  reads: { instruction: Schema.String },
  adds: { generation: Schema.String },
  options: { voice: Schema.String },
  defaults: {},
  prompt: ({ instruction }, { voice }) => [
    { role: "system", content: `You reply to messages of customers. Your voice is ${voice}.` },
    { role: "user", content: instruction }
  ],
  parse: (answer) => ({ generation: answer ?? "" })
})

const load = LoadDataFromDicts({
  name: "load",
  data: [{ instruction: "My parcel has been in Leeds for a week." }, { instruction: "Thank you!" }]
})
const llm = OpenAILLM({ model: "gpt-4o-mini" })
const loaded = from(load)
const voices = ["cheerful", "formal", "terse"].map((voice) =>
  loaded
    .to(Reply({ name: `reply_${voice}`, llm, voice }))
    .to(FormatTextGenerationSFT({ name: voice }))
)

export default Pipeline("three-voices", { description: "The same messages, three voices" }, voices)
