/** What answers cost, by the steps that ask for them. */
import { type CostOf, type GivenPrices, pricesOf } from "../../models/asking/prices.ts"
import type { Graph } from "../../pipeline/Graph.ts"
import { modelOf } from "../keep/modelOf.ts"

/** What each step's answers cost. */
export const costsOf = (
  graph: Graph,
  prices: GivenPrices | undefined,
  listed?: ReadonlyArray<object>
): ReadonlyMap<string, CostOf> => {
  const models = [...graph.nodes.values()].flatMap(({ name, step }) => {
    const llm = modelOf(step)
    return llm === undefined ? [] : [[name, llm] as const]
  })
  const costs = pricesOf(
    models.map(([, llm]) => llm),
    prices,
    listed
  )
  return new Map(models.map(([name, llm]) => [name, costs.get(llm)!]))
}
