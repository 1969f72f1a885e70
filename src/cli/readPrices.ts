/**
 * Prices as the command line gives them: `gpt-4o=2.5/10`, US dollars for a million tokens in and
 * out.
 */
import type { GivenPrices } from "../models/asking/prices.ts"
import { UsageError } from "./UsageError.ts"

export const readPrices = (command: string, given: ReadonlyArray<string>): GivenPrices =>
  Object.fromEntries(
    given.map((text) => {
      const [, model = "", input = "", output = ""] =
        /^(.+)=(\d+(?:\.\d+)?)\/(\d+(?:\.\d+)?)$/.exec(text) ?? []
      if (model === "")
        throw new UsageError(
          command,
          `--price takes MODEL=IN/OUT in US dollars for a million tokens, as gpt-4o=2.5/10, not '${text}'`
        )
      return [model, { input: Number(input), output: Number(output) }]
    })
  )
