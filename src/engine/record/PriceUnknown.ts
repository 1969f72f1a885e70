/** A budget in dollars needs prices: a run that cannot keep it does not begin. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { CostOf } from "../../models/asking/prices.ts"
import type { Graph } from "../../pipeline/Graph.ts"
import { modelOf } from "../keep/modelOf.ts"

/** `maxCost`, or a shared budget, was given, but the price of a model is not known. */
export class PriceUnknown extends Schema.TaggedError<PriceUnknown>()("PriceUnknown", {
  pipeline: Schema.String,
  /** Models without a price, each with the steps that ask it. */
  models: Schema.Array(Schema.Struct({ model: Schema.String, steps: Schema.Array(Schema.String) }))
}) {
  override get message(): string {
    const names = this.models
      .map(({ model, steps }) => `'${model}' (${steps.map((step) => `step '${step}'`).join(", ")})`)
      .join(", ")
    const prices = this.models
      .map(({ model }) => `${JSON.stringify(model)}: { input: 0.15, output: 0.6 }`)
      .join(", ")
    return (
      `maxCost of pipeline '${this.pipeline}' cannot be kept: the price of ${names} is unknown. Nothing was requested. ` +
      `Give it in US dollars for a million tokens, as prices: { ${prices} }, or set maxTokens instead.`
    )
  }
}

/** Fails if the price of a model that costs something is not known. */
export const checkPrices = (
  pipeline: string,
  graph: Graph,
  costs: ReadonlyMap<string, CostOf>
): Effect.Effect<void, PriceUnknown> => {
  const unknown = [...graph.nodes.values()].flatMap(({ name, step }) => {
    const model = modelOf(step)?.model
    return model === undefined ||
      costs.get(name)?.({ inputTokens: 1, outputTokens: 1 }) !== undefined
      ? []
      : [{ model, step: name }]
  })
  if (unknown.length === 0) return Effect.void
  const models = [...Map.groupBy(unknown, ({ model }) => model)].map(([model, of]) => ({
    model,
    steps: of.map(({ step }) => step)
  }))
  return Effect.fail(new PriceUnknown({ pipeline, models }))
}
