/** An app without a pipeline: tasks that are called batch by batch until there are enough rows. */
import { type OpenAILLM, runStepPromise, TextClassification, TextGeneration } from "distilabel-ts"

const products = ["a kettle", "a tent", "a desk lamp", "a rain jacket"]
const moods = ["delighted", "let down", "in two minds"]

/** Reviews with their sentiment, so many of them unless most requests fail. */
export const labelledReviews = async (
  llm: ReturnType<typeof OpenAILLM>,
  wanted: number,
  onProgress: (made: number) => void,
  batchSize = 4
) => {
  const write = TextGeneration({
    name: "write",
    llm,
    template:
      "Write a short review, number {{ number }}, of {{ product }} by a buyer who is {{ mood }}."
  })
  const label = TextClassification({
    name: "label",
    llm,
    context: "Reviews in a shop.",
    availableLabels: ["positive", "negative", "mixed"]
  })

  const reviews: Array<{ readonly product: string; readonly text: string }> = []
  for (let asked = 0; reviews.length < wanted && asked < 3 * wanted; asked += batchSize) {
    const batch = Array.from({ length: batchSize }, (_, i) => {
      const number = asked + i
      return {
        number,
        product: products[number % products.length]!,
        mood: moods[number % moods.length]!
      }
    })
    // Rows that failed are in `errors`; the next batch makes up for them.
    const { rows } = await runStepPromise(write, batch)
    reviews.push(...rows.map(({ generation, product }) => ({ product, text: generation })))
    onProgress(Math.min(reviews.length, wanted))
  }
  const { errors, rows } = await runStepPromise(label, reviews.slice(0, wanted))
  return { rows: rows.map(({ labels, product, text }) => ({ product, text, labels })), errors }
}
