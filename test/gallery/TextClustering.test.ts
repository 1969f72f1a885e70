import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type Row, runStepPromise, ScriptedLLM, TextClustering } from "../../src/index.ts"
import type { Chat } from "../../src/models/chat/Chat.ts"
import { camelCased, fixtures } from "../fixtures.ts"
import { recorded } from "../tasks/recorded.ts"

type Clustered = { readonly text: string; readonly cluster_label: number }

/** Cases that come out otherwise on purpose, by their number: the labels instead. */
const better: Readonly<Record<number, ReadonlyArray<string | null>>> = {
  // What the model did not say is null, and the run warns of it.
  3: [null, null, null, '"Unclassified"'],
  // There may be no noise.
  5: ['"Animals"', '"Animals"', null]
}

describe("text-clustering does as distilabel 1.5.3 did", () => {
  fixtures("task-text-clustering").forEach((fixture, i) => {
    const instead = better[i + 1]
    it(`${fixture.title}${instead === undefined ? "" : " (better here)"}`, async () => {
      const { inputBatchSize: _size, savefig: _figure, ...config } = camelCased(fixture.config)
      // A cluster that nothing was recorded for gets no answer.
      const generations = [...fixture.generations!, [null]]
      const step = TextClustering({
        name: "it",
        llm: recorded({ ...fixture, generations }, [], false),
        ...config
      })
      const { errors, rows } = await runStepPromise(
        step,
        fixture.inputs as ReadonlyArray<Clustered>
      )
      expect(errors).toEqual([])
      const labels = instead ?? fixture.outputs!.map((row) => row["summary_label"])
      expect(rows).toEqual(
        (fixture.inputs as ReadonlyArray<Row>).map((row, at) => ({
          ...row,
          summary_label: labels[at],
          model_name: "stub-model"
        }))
      )
    })
  })
})

describe("labels of clusters", () => {
  const listed = (chat: Chat): ReadonlyArray<string> =>
    [...String(chat.at(-1)!.content).matchAll(/^\d+\. (text-\d+)$/gm)].map(([, text]) => text!)

  it("come of as many different texts as are wanted, of one cluster and no other", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(8), fc.integer({ min: -1, max: 3 })), { maxLength: 40 }),
        fc.integer({ min: 1, max: 5 }),
        async (numbers, samplesPerCluster) => {
          const rows: ReadonlyArray<Clustered> = numbers.map(([number, cluster]) => ({
            // The last digit says which cluster it is in.
            text: `text-${number}${cluster + 1}`,
            cluster_label: cluster
          }))
          const chats: Array<Chat> = []
          const llm = ScriptedLLM({
            answers: (chat) => {
              chats.push(chat)
              return JSON.stringify({ labels: `of ${listed(chat)[0]!.at(-1)}` })
            }
          })
          const { rows: made } = await runStepPromise(
            TextClustering({ name: "it", llm, samplesPerCluster }),
            rows
          )
          expect(made.map((row) => row.summary_label)).toEqual(
            rows.map(({ cluster_label: cluster }) =>
              JSON.stringify(cluster < 0 ? "Unclassified" : `of ${cluster + 1}`)
            )
          )
          for (const chat of chats) {
            const texts = listed(chat)
            const cluster = Number(texts[0]!.at(-1)) - 1
            const all = new Set(
              rows.filter((row) => row.cluster_label === cluster).map(({ text }) => text)
            )
            expect(texts).toHaveLength(Math.min(samplesPerCluster, all.size))
            expect(new Set(texts).size).toBe(texts.length)
            expect(texts.every((text) => all.has(text))).toBe(true)
          }
          expect(chats).toHaveLength(
            new Set(rows.map((row) => row.cluster_label).filter((each) => each >= 0)).size
          )
        }
      ),
      { numRuns: 25 }
    )
  })

  it("are left out of a cluster that the model refuses, and fail with the model", async () => {
    const rows = [
      { text: "kind", cluster_label: 0 },
      { text: "rude", cluster_label: 1 }
    ]
    const failing = (reason: "Refused" | "ServerError") =>
      ScriptedLLM({
        answers: JSON.stringify({ labels: "Words" }),
        failures: (chat) => (JSON.stringify(chat).includes("rude") ? reason : undefined)
      })
    const { rows: made } = await runStepPromise(
      TextClustering({ name: "it", llm: failing("Refused") }),
      rows
    )
    expect(made.map((row) => row.summary_label)).toEqual(['"Words"', null])
    await expect(
      runStepPromise(TextClustering({ name: "it", llm: failing("ServerError") }), rows)
    ).rejects.toThrow(/ServerError|failed/)
  })
})
