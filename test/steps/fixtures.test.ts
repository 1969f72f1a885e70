import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import {
  CombineOutputs,
  ConversationTemplate,
  DeitaFiltering,
  EmbeddingDedup,
  EmbeddingGeneration,
  embeddings,
  ExpandColumns,
  FormatChatGenerationDPO,
  FormatChatGenerationSFT,
  FormatPRM,
  FormatTextGenerationDPO,
  FormatTextGenerationSFT,
  GraphBuilder,
  GroupColumns,
  KeepColumns,
  LoadDataFromDicts,
  MergeColumns,
  MinHashDedup,
  PrepareExamples,
  type Row,
  run,
  runStepPromise,
  TruncateTextColumn
} from "../../src/index.ts"
import type { StepData } from "../../src/step/Step.ts"
import { camelCased, type Fixture, fixtures } from "../fixtures.ts"

type Make = (options: never) => StepData

/** What the step makes of the case's rows: all of them, or why there are none. */
const outcome = async (
  make: Make,
  { config, inputs, predecessors = 1 }: Fixture
): Promise<ReadonlyArray<Row> | Error> => {
  try {
    const step = make({ name: "it", ...camelCased(config) } as never)
    if (predecessors === 1) {
      // Batches that one step got one after the other are all rows of a global step.
      const rows = inputs.flat() as ReadonlyArray<Row>
      const result = await runStepPromise(step as never, rows as never)
      return result.errors.length > 0 ? new Error(result.errors[0]!.detail) : result.rows
    }
    const builder = new GraphBuilder("fixture")
    const sources = (inputs as ReadonlyArray<ReadonlyArray<Row>>).map((data, i) =>
      LoadDataFromDicts({ name: `arm_${i}`, data })
    )
    for (const source of sources) builder.add(source)
    const pipeline = builder
      .add(step)
      .zip(
        sources.map(({ name }) => name),
        "it"
      )
      .build()
    const distiset = await Effect.runPromise(run(pipeline, { progress: "none" }))
    const { default: rows } = distiset as unknown as {
      readonly default: { readonly errorCount: number; toArray(): Promise<ReadonlyArray<Row>> }
    }
    return rows.errorCount > 0 ? new Error("an error row") : await rows.toArray()
  } catch (thrown) {
    return thrown as Error
  }
}

/** Cases where we do otherwise on purpose, by their number: what we do instead. */
interface Better {
  readonly [number: number]: ReadonlyArray<Row> | "error"
}

const follows = (file: string, make: Make, better: Better = {}): void => {
  describe(`${file} does as distilabel 1.5.3 did`, () => {
    fixtures(`step-${file}`).forEach((fixture, i) => {
      const instead = better[i + 1]
      it(`${fixture.title}${instead === undefined ? "" : " (better here)"}`, async () => {
        const expected = instead ?? fixture.outputs?.flat() ?? "error"
        const result = await outcome(make, fixture)
        if (expected === "error") expect(result).toBeInstanceOf(Error)
        else expect(result).toEqual(expected)
      })
    })
  })
}

follows("keep-columns", KeepColumns)
follows("merge-columns", MergeColumns)
follows("expand-columns", ExpandColumns, {
  // An empty new name keeps the old one, as declared.
  4: [
    { q: "x", gens: ["a", "b"], rates: 1, gen: "a" },
    { q: "x", gens: ["a", "b"], rates: 2, gen: "b" }
  ],
  // A null or absent list gives one row with null: no row is lost.
  7: [{ q: "x", gens: null }],
  8: "error",
  // Lists of unequal length, objects and plain texts are errors of their row.
  9: "error",
  10: "error",
  13: "error",
  18: "error",
  // The remainder goes to the first rows, so that sums stay.
  23: [
    {
      gens: "a",
      distilabel_metadata: {
        statistics_t_0: { input_tokens: [4], output_tokens: [3] },
        raw_output_t_0: "r"
      }
    },
    {
      gens: "b",
      distilabel_metadata: {
        statistics_t_0: { input_tokens: [3], output_tokens: [2] },
        raw_output_t_0: "r"
      }
    },
    {
      gens: "c",
      distilabel_metadata: {
        statistics_t_0: { input_tokens: [3], output_tokens: [2] },
        raw_output_t_0: "r"
      }
    }
  ],
  // Without metadata there is nothing to divide.
  27: [{ gens: "a" }, { gens: "b" }]
})
follows("group-columns", GroupColumns, {
  // Flows of unequal length are told, not cut; a column that no branch has is told before the run.
  4: "error",
  6: "error"
})
follows("combine-outputs", CombineOutputs, {
  3: "error",
  5: "error",

  // A list and a dict of metadata: both are kept.
  11: [{ a: 1, b: 1, distilabel_metadata: [{ x: 1 }, { y: 1 }] }],
  12: [{ a: 1, b: 1, distilabel_metadata: [{ x: 1 }, { y: 1 }] }]
})

/** Rows with these columns among others. */
const withColumns = (...rows: ReadonlyArray<Row>): ReadonlyArray<Row> =>
  rows.map((row) => expect.objectContaining(row) as Row)

// A text that is none cannot be trained on.
follows("conversation-template", ConversationTemplate, { 1: "error" })
follows("format-text-generation-sft", FormatTextGenerationSFT, { 3: "error", 4: "error" })
follows("format-chat-generation-sft", FormatChatGenerationSFT, { 5: "error" })
follows("format-text-generation-dpo", FormatTextGenerationDPO, {
  // Where no text is better than another, there is no preference.
  7: "error",
  // A text without a rating is passed over.
  8: withColumns({ chosen_rating: 3, rejected_rating: 1 }),
  12: "error"
})
follows("format-chat-generation-dpo", FormatChatGenerationDPO, {
  3: "error",
  4: withColumns({ chosen_rating: 1, rejected_rating: 1 })
})
follows("format-prm", FormatPRM, {
  // Tags may be longer than a character.
  5: withColumns({ completions: ["a", "b"], labels: [true, false] }),
  6: withColumns({ input: "Q a ки", label: "Q a GOOD" }),
  // A step without a tag has no label.
  7: "error",
  11: "error"
})
// Lengths are not negative, and lists are no texts.
follows("truncate-text-column", TruncateTextColumn, { 5: "error", 7: "error" })
follows("prepare-examples", PrepareExamples, {
  2: "error",
  4: [{ examples: 'Q: ü A: ["x",1]' }],
  7: "error"
})
follows("deita-filtering", DeitaFiltering, {
  // A score of 0 is a score.
  9: withColumns({ id: 2, deita_score: 0.25 }, { id: 1, deita_score: 0 }),
  // Of equal rows one stays.
  10: withColumns({ id: 1, nearest_neighbor_distance: 1 }, { id: 3 })
})
follows("embedding-dedup", EmbeddingDedup, {
  // Of near copies the first stays.
  1: withColumns(
    { keep_row_after_embedding_filtering: true },
    { keep_row_after_embedding_filtering: false },
    { keep_row_after_embedding_filtering: true }
  )
})
follows("min-hash-dedup", MinHashDedup, {
  // A text that is too short for an n-gram counts as a whole: only equal ones are copies.
  7: withColumns(
    { text: "x", keep_row_after_minhash_filtering: true },
    { text: "x", keep_row_after_minhash_filtering: false },
    { text: "y", keep_row_after_minhash_filtering: true }
  ),
  // No share is greater than 1.
  12: "error"
})
follows("embedding-generation", (options: { readonly name: string }) =>
  EmbeddingGeneration({
    ...options,
    llm: embeddings({
      name: "Stub",
      model: "stub-embeddings",
      ask: ({ texts }) => texts.map((text) => [text.length, 1])
    })
  })
)
