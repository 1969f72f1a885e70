import { describe, expect, it } from "vitest"
import {
  fromJsonPromise,
  fromYamlPromise,
  InvalidDocument,
  inspect,
  toJsonPromise,
  toYamlPromise
} from "../../src/index.ts"
import { handWritten, pythonDocuments } from "./fixtures.ts"
import { dice, mutated } from "./mutate.ts"

const documents = [
  handWritten,
  ...[
    "dry-run.yaml",
    "branching-misalignment.yaml",
    "offline-batch.yaml",
    "structured-generation-outlines.yaml",
    "upstream-cli-1.0.0b0.yaml",
    "dataset-without-step.yaml"
  ].map((name) => pythonDocuments.get(name)!)
]

/**
 * What comes of a text: a graph, that can be looked at and saved, or an error of ours. Anything
 * else is a crash.
 */
const outcome = async (text: string, from: typeof fromYamlPromise): Promise<"graph" | "error"> => {
  try {
    const loaded = await from(text)
    inspect(loaded)
    const saved = await toYamlPromise(loaded, { onWarning: () => undefined })
    expect(await toYamlPromise(await fromYamlPromise(saved), { onWarning: () => undefined })).toBe(
      saved
    )
    return "graph"
  } catch (thrown) {
    if (!(thrown instanceof InvalidDocument))
      throw new Error(`This document crashes:\n${text}`, { cause: thrown })
    expect(thrown.message).not.toMatch(
      /undefined|\[object|Cannot read prop|is not a function|not iterable/
    )
    return "error"
  }
}

describe("3,000 mutated documents give an error or a graph", () => {
  it.each([
    ["yaml", fromYamlPromise],
    ["json", fromJsonPromise]
  ] as const)(
    "%s",
    async (format, load) => {
      const roll = dice(format === "yaml" ? 1 : 2)
      const texts =
        format === "yaml"
          ? documents
          : await Promise.all(
              documents.map(async (text) => toJsonPromise(await fromYamlPromise(text)))
            )
      const counts = { graph: 0, error: 0 }
      for (let i = 0; i < 1500; i++)
        counts[await outcome(mutated(texts[i % texts.length]!, roll), load)]++
      expect(counts.graph).toBeGreaterThan(20)
      expect(counts.error).toBeGreaterThan(20)
    },
    120_000
  )
})
