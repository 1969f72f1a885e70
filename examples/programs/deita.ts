/** DEITA: evolve instructions and answers, score both, keep the best that differ. */
import * as d from "distilabel-ts"

const llm = d.OpenAILLM({ model: "gpt-4o-mini" })
const load = d.LoadDataFromDicts({
  name: "load",
  data: [{ instruction: "Explain tides to a child." }, { instruction: "Plan a day in Lisbon." }]
})
const rounds = { llm, numEvolutions: 5, storeEvolutions: true } as const
const evolve = d.EvolInstruct({ ...rounds, name: "evolve", generateAnswers: true, seed: 42 })
const complexity = d.ComplexityScorer({ name: "complexity", llm })
const instructions = d.ExpandColumns({
  name: "instructions",
  columns: { evolved_instructions: "instruction", answers: "response", scores: "complexity" }
})
const improve = d.EvolQuality({ ...rounds, name: "improve" })
const quality = d.QualityScorer({ name: "quality", llm })
const responses = d.ExpandColumns({
  name: "responses",
  columns: { evolved_responses: "response", scores: "quality" }
})
const embedder = d.OpenAIEmbeddings({ model: "text-embedding-3-small" })
const embed = d.GenerateEmbeddings({ name: "embed", llm: embedder })
// Rows of one topic are near each other: a threshold of 0.9 would leave hardly any.
const select = d.DeitaFiltering({ name: "select", dataBudget: 20, diversityThreshold: 0.1 })

const scored = d
  .from(load)
  .to(evolve)
  .to(complexity, { input: { instructions: "evolved_instructions" } })
  .to(instructions)
  .to(improve)
  .to(quality, { input: { responses: "evolved_responses" } })
const selected = scored
  .to(responses)
  .to(d.ConversationTemplate({ name: "talk" }))
  .to(embed, { input: { text: "conversation" } })
  .to(select, { input: { evol_instruction_score: "complexity", evol_response_score: "quality" } })

export default d.Pipeline("deita", { description: "Hard, well answered" }, selected)
