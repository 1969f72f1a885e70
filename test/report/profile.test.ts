import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import fc from "fast-check"
import { parquetWriteFile } from "hyparquet-writer"
import { describe, expect, it } from "vitest"
import { localFile } from "../../src/data/rows/ByteSource.ts"
import {
  from,
  LoadDataFromDicts,
  PairwiseJudge,
  Pipeline,
  RubricJudge,
  runPromise,
  ScriptedLLM
} from "../../src/index.ts"
import { interval95 } from "../../src/report/figures/interval95.ts"
import type { Profile } from "../../src/report/figures/Profile.ts"
import type { ReportData } from "../../src/report/figures/ReportData.ts"
import { kappa } from "../../src/report/profile/FindingCounts.ts"
import { profileOf } from "../../src/report/profile/profileOf.ts"
import { profiledRows } from "../../src/report/write/profiledRows.ts"
import { folder } from "./runs.ts"

type AnyRow = Readonly<Record<string, unknown>>

const profiled = async (rows: ReadonlyArray<AnyRow>): Promise<Profile> => {
  async function* chunks() {
    for (let i = 0; i < rows.length; i += 7) yield rows.slice(i, i + 7)
  }
  return (await profileOf({ rows: chunks(), complete: () => true }))!
}

const columnOf = (profile: Profile | undefined, name: string) =>
  profile!.columns.find((column) => column.name === name)!

/** The data in the page of a run's folder. */
const reported = (directory: string): ReportData =>
  JSON.parse(
    /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(
      readFileSync(join(directory, "report.html"), "utf8")
    )![1]!
  ) as ReportData

describe("a profile", () => {
  it("counts values, nulls, differences and repeated rows as a plain count of them does", async () => {
    const cell = fc.oneof(
      fc.constant(null),
      fc.constantFrom("a", "b", "", "a long text that is longer than the limit ".repeat(5)),
      fc.integer({ min: -3, max: 3 }),
      fc.array(fc.constantFrom("x", "y"), { maxLength: 3 })
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ one: cell, two: cell }), { minLength: 1, maxLength: 60 }),
        async (rows) => {
          const profile = await profiled(rows)
          expect(profile.rows).toBe(rows.length)
          expect(profile.duplicates).toBe(
            rows.length - new Set(rows.map((row) => JSON.stringify(row))).size
          )
          for (const name of ["one", "two"] as const) {
            const values = rows.map((row) => row[name]).filter((value) => value !== null)
            const column = columnOf(profile, name)
            expect(column.values).toBe(values.length)
            expect(column.nulls).toBe(rows.length - values.length)
            expect(column.types.reduce((sum, { count }) => sum + count, 0)).toBe(values.length)
            // A text and a value of the same JSON count as one: "1" and 1.
            expect(column.distinct).toBe(
              new Set(
                values.map((value) => (typeof value === "string" ? value : JSON.stringify(value)))
              ).size
            )
            for (const { count, value } of column.labels?.of === "values"
              ? column.labels.counts
              : [])
              expect(values.filter((each) => String(each) === value)).toHaveLength(count)
          }
        }
      )
    )
  })

  it("tells labels, numbers, lengths, keys of records and languages apart", async () => {
    const german = "Der Fluss ist lang, und an seinem Ufer stehen viele alte Bäume im Wind."
    const english = "The river is long, and many old trees stand on its bank in the wind today."
    const profile = await profiled(
      Array.from({ length: 100 }, (_, i) => ({
        topic: i % 4 === 0 ? "maths" : "rivers",
        score: i / 10,
        rating: 1 + (i % 3),
        tags: i % 2 === 0 ? ["easy"] : ["hard", "long"],
        verdict: { clear: i % 2 === 0 },
        text: `${i % 4 === 0 ? german : english} ${i}`,
        distilabel_metadata: { raw: i }
      }))
    )
    expect(profile.columns.map(({ name }) => name)).toEqual([
      "topic",
      "score",
      "rating",
      "tags",
      "verdict",
      "verdict.clear",
      "text"
    ])
    expect(columnOf(profile, "topic").labels).toEqual({
      of: "values",
      counts: [
        { value: "rivers", count: 75 },
        { value: "maths", count: 25 }
      ]
    })
    const { labels, numbers } = columnOf(profile, "score")
    expect(labels).toBeUndefined()
    expect(numbers).toMatchObject({ min: 0, max: 9.9, median: 4.9 })
    expect(numbers!.mean).toBeCloseTo(4.95)
    expect(numbers!.parts.reduce((sum, held) => sum + held, 0)).toBe(100)
    // In the order of the numbers, not of how often they are there.
    expect(columnOf(profile, "rating").labels!.counts.map(({ value }) => value)).toEqual([
      "1",
      "2",
      "3"
    ])
    expect(columnOf(profile, "tags")).toMatchObject({
      labels: { of: "items" },
      lengths: { of: "items", min: 1, max: 2 }
    })
    expect(columnOf(profile, "verdict.clear").labels!.counts).toHaveLength(2)
    expect(columnOf(profile, "text").lengths).toMatchObject({ of: "characters", count: 100 })
    expect(columnOf(profile, "text").languages).toEqual([
      { value: "en", count: 75 },
      { value: "de", count: 25 }
    ])
    expect(columnOf(profile, "topic").languages).toBeUndefined()
    // About four characters a token, and no figure of labels.
    expect(columnOf(profile, "text").tokenShare).toBeGreaterThan(0.15)
    expect(columnOf(profile, "text").tokenShare).toBeLessThan(0.4)
    expect(columnOf(profile, "topic").tokenShare).toBeUndefined()
  })

  it("keeps small whatever is in the rows", async () => {
    const long = "x".repeat(100_000)
    const size = async (rows: number): Promise<number> =>
      JSON.stringify(
        await profiled(
          Array.from({ length: rows }, (_, i) =>
            Object.fromEntries(
              Array.from({ length: 150 }, (_, c) => [`c${c}`, `${i} ${c === 0 ? long : "short"}`])
            )
          )
        )
      ).length
    const [few, many] = [await size(10), await size(400)]
    expect(many).toBeLessThan(few * 1.3)
    expect(many).toBeLessThan(100_000)
  })
})

describe("the rows of a profile", () => {
  const rows = Array.from({ length: 60_000 }, (_, i) => ({ i, part: Math.floor(i / 6000) }))
  const file = (directory: string, name: string) =>
    ({
      type: name.endsWith("parquet") ? "parquet" : "jsonl",
      source: localFile(join(directory, name))
    }) as const

  it("are all of a small file, and come from all over a large one of either format", async () => {
    const directory = folder()
    const lines = (all: ReadonlyArray<object>) =>
      `${all.map((row) => JSON.stringify(row)).join("\n")}\n`
    writeFileSync(join(directory, "large.jsonl"), lines(rows))
    writeFileSync(join(directory, "small.jsonl"), lines(rows.slice(0, 5000)))
    parquetWriteFile({
      filename: join(directory, "large.parquet"),
      columnData: [
        { name: "i", data: rows.map(({ i }) => i), type: "INT32" },
        { name: "part", data: rows.map(({ part }) => part), type: "INT32" }
      ]
    })
    for (const name of ["large.jsonl", "large.parquet"]) {
      const profile = (await profileOf(profiledRows([file(directory, name)], 60_000)))!
      expect(profile.complete, name).toBe(false)
      expect(profile.rows, name).toBeLessThanOrEqual(10_000)
      expect(profile.rows, name).toBeGreaterThan(7_500)
      // No row is taken twice, and every part of the file is there in its share.
      expect(columnOf(profile, "i").distinct, name).toBe(profile.rows)
      const parts = columnOf(profile, "part").labels!.counts
      expect(parts.map(({ value }) => value)).toEqual([
        "0",
        "1",
        "2",
        "3",
        "4",
        "5",
        "6",
        "7",
        "8",
        "9"
      ])
      for (const { count } of parts) expect(count / profile.rows, name).toBeCloseTo(0.1, 1)
    }
    const small = (await profileOf(profiledRows([file(directory, "small.jsonl")], 5000)))!
    expect(small).toMatchObject({ rows: 5000, complete: true })
  })

  it("are as many as the limit where nobody knows how many there are", async () => {
    const directory = folder()
    writeFileSync(join(directory, "a.jsonl"), rows.map((row) => JSON.stringify(row)).join("\n"))
    const profile = (await profileOf(profiledRows([file(directory, "a.jsonl")], undefined)))!
    expect(profile).toMatchObject({ rows: 10_000, complete: false })
  })
})

describe("the rows of several files", () => {
  it("come from each of them, and from some where there are very many", async () => {
    const directory = folder()
    const files = Array.from({ length: 50 }, (_, part) => {
      const path = join(directory, `${part}.jsonl`)
      writeFileSync(
        path,
        Array.from({ length: 100 }, (_row, i) => JSON.stringify({ i, part })).join("\n")
      )
      return { type: "jsonl", source: localFile(path) } as const
    })
    const few = (await profileOf(profiledRows(files.slice(0, 3))))!
    expect(few).toMatchObject({ rows: 300, complete: true, duplicates: 0 })
    const many = (await profileOf(profiledRows(files)))!
    expect(many).toMatchObject({ rows: 2000, complete: false })
    expect(columnOf(many, "part").distinct).toBe(20)
  })
})

describe("findings of judges", () => {
  it("show a judge that prefers what it reads first, and one that says what people say", async () => {
    const data = Array.from({ length: 60 }, (_, i) => ({
      instruction: `Question ${i}`,
      generation: `Answer ${i}`,
      responses: [`good ${i}`, `bad ${i}`],
      people: i % 3 === 0 ? null : "first",
      gold: { clear: 1 + (i % 5), true: i % 2 === 0 ? "yes" : "no" }
    }))
    const first = PairwiseJudge({
      name: "biased",
      llm: ScriptedLLM({ answers: JSON.stringify({ reason: "it came first", better: "A" }) }),
      both: true
    })
    const fair = PairwiseJudge({
      name: "fair",
      llm: ScriptedLLM({
        answers: (chat) => {
          const text = JSON.stringify(chat)
          const better = text.indexOf("good") < text.indexOf("bad") ? "A" : "B"
          return JSON.stringify({ reason: "it is good", better })
        }
      }),
      gold: "people",
      outputMappings: {
        winner: "fair_winner",
        votes: "fair_votes",
        vote_share: "fair_share",
        swapped: "fair_swapped",
        flipped: "fair_flipped"
      }
    })
    let asked = 0
    const rubric = RubricJudge({
      name: "rubric",
      gold: true,
      samples: 3,
      criteria: {
        clear: { question: "Is it clear?", scale: [1, 5] },
        true: { question: "Is it true?", labels: ["yes", "no"] }
      },
      llm: ScriptedLLM({
        answers: (chat) => {
          const [, i] = /Answer (\d+)/.exec(JSON.stringify(chat))!
          // One of three samples is off by one.
          const off = asked++ % 3 === 0 ? 1 : 0
          return JSON.stringify({
            clear: { evidence: "e", verdict: 1 + ((Number(i) + off) % 5) },
            true: { evidence: "e", verdict: "yes" }
          })
        }
      })
    })
    const outputDir = folder()
    await runPromise(
      Pipeline(
        "judged",
        {},
        from(LoadDataFromDicts({ name: "load", data }))
          .to(first)
          .to(fair)
          .to(rubric)
      ),
      { outputDir, cacheDir: join(outputDir, "cache"), progress: "none" }
    )
    const { profile } = reported(outputDir).subsets[0]!
    const found = (step: string, name: string) =>
      profile!.steps
        .find((each) => each.step === step)!
        .findings.find((finding) => finding.name === name)
    expect(found("biased", "prefers the answer it reads first")).toMatchObject({
      count: 120,
      hits: 120,
      expected: 0.5
    })
    expect(found("biased", "verdict depends on the order")).toMatchObject({ count: 60, hits: 60 })
    const place = found("fair", "prefers the answer it reads first")
    expect(place).toMatchObject({ count: 60 })
    expect(place?.kind === "share" && interval95(place.hits, 60)[0]).toBeLessThan(0.5)
    expect(found("fair", "winner")).toMatchObject({
      count: 40,
      same: 40,
      pairs: [{ value: "first", gold: "first", count: 40 }]
    })
    expect(found("rubric", "true")).toMatchObject({ count: 60, same: 30, kappa: 0 })
    expect(found("rubric", "agreement of samples: true")).toMatchObject({ count: 60, mean: 1 })
    const agreement = found("rubric", "agreement of samples: clear")
    expect(agreement?.kind === "mean" && agreement.mean).toBeLessThan(1)
  })

  it("have a kappa of 1 for full agreement, near 0 for chance, and none where chance always agrees", () => {
    const verdicts = fc.array(fc.constantFrom("a", "b", "c"), { minLength: 2, maxLength: 50 })
    fc.assert(
      fc.property(verdicts, (all) => {
        const pairs = all.map((value) => ({ value, gold: value, count: 1 }))
        const found = kappa(pairs)
        if (new Set(all).size === 1) expect(found).toBeUndefined()
        else expect(found).toBeCloseTo(1)
      })
    )
    const table = ["a", "b"].flatMap((value) =>
      ["a", "b"].map((gold) => ({ value, gold, count: value === "a" ? 30 : 10 }))
    )
    expect(kappa(table)).toBeCloseTo(0)
    // The example of Cohen's paper in the textbooks: 0.4 for 20, 5, 10 and 15.
    expect(
      kappa([
        { value: "yes", gold: "yes", count: 20 },
        { value: "yes", gold: "no", count: 5 },
        { value: "no", gold: "yes", count: 10 },
        { value: "no", gold: "no", count: 15 }
      ])
    ).toBeCloseTo(0.4)
  })

  it("have an interval that holds the share, and narrows with more rows", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (all, share) => {
          const hits = Math.round(all * share)
          const [low, high] = interval95(hits, all)
          expect(low).toBeLessThanOrEqual(hits / all + 1e-12)
          expect(high).toBeGreaterThanOrEqual(hits / all - 1e-12)
          const [lower, higher] = interval95(hits * 10, all * 10)
          expect(higher - lower).toBeLessThan(high - low)
        }
      )
    )
    expect(interval95(50, 100).map((end) => Number(end.toFixed(3)))).toEqual([0.404, 0.596])
  })
})
