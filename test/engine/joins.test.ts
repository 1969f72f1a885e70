import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import {
  CombineColumns,
  CombineOutputs,
  concat,
  ExpandColumns,
  FilterRows,
  from,
  globalStep,
  GraphBuilder,
  join,
  LoadDataFromDicts,
  MapRows,
  Pipeline,
  routingBatchFunction,
  sampleNSteps,
  step,
  StepFailed,
  zip
} from "../../src/index.ts"
import { numbers, rowsOf, slow } from "./rows.ts"

const seenBy = CombineColumns({ name: "seen_by", columns: ["seen"], outputColumns: ["seen"] })

describe("a join", () => {
  it("pairs rows by the row they come from, however fast each branch is", async () => {
    const pipeline = Pipeline(
      "p",
      {},
      from(numbers(120))
        .branch([slow("a"), slow("bb"), slow("ccc")])
        .join(seenBy)
    )
    const { rows } = (await rowsOf(pipeline))["default"]!
    expect(rows).toEqual(
      Array.from({ length: 120 }, (_, n) => ({ n, seen: [`a${n}`, `bb${n}`, `ccc${n}`] }))
    )
  })

  it("takes none, one or many rows of a branch", async () => {
    const odd = FilterRows({
      name: "odd",
      inputs: { n: Schema.Number },
      where: ({ n }) => n % 2 === 1
    })
    const twice = step({
      name: "twice",
      inputs: { n: Schema.Number },
      outputs: { seen: Schema.String },
      rowCount: "one-to-many",
      process: (rows) =>
        rows.flatMap((row) => ["x", "y"].map((letter) => ({ ...row, seen: letter + row.n })))
    })
    const source = from(numbers(4))
    const pipeline = Pipeline(
      "p",
      {},
      join([source.to(odd).to(slow("a")), source.to(twice)], seenBy)
    )
    const { rows } = (await rowsOf(pipeline))["default"]!
    expect(rows.map(({ seen }) => seen)).toEqual([
      ["x0", "y0"],
      ["a1", "x1", "y1"],
      ["x2", "y2"],
      ["a3", "x3", "y3"]
    ])
  })

  it("leaves no row where all branches drop it", async () => {
    const none = FilterRows({ name: "none", inputs: { n: Schema.Number }, where: ({ n }) => n > 1 })
    const also = FilterRows({ name: "also", inputs: { n: Schema.Number }, where: ({ n }) => n > 1 })
    const pipeline = Pipeline(
      "p",
      {},
      from(numbers(4))
        .branch([none, also])
        .join(CombineColumns({ name: "c", columns: ["n"] }))
    )
    expect((await rowsOf(pipeline))["default"]!.rows).toEqual([
      { grouped_n: [2, 2] },
      { grouped_n: [3, 3] }
    ])
  })

  it("may come after a join within one of its branches", async () => {
    const source = from(numbers(30))
    const inner = source
      .branch([slow("a"), slow("bb")])
      .join(CombineColumns({ name: "inner", columns: ["seen"], outputColumns: ["pair"] }))
    const pipeline = Pipeline(
      "p",
      {},
      join([inner, source.to(slow("c"))], CombineOutputs({ name: "both" }))
    )
    const { rows } = (await rowsOf(pipeline))["default"]!
    expect(rows).toEqual(
      Array.from({ length: 30 }, (_, n) => ({ n, pair: [`a${n}`, `bb${n}`], seen: `c${n}` }))
    )
  })

  it("may share a branch with another join", async () => {
    const source = from(numbers(20))
    const [a, b, c] = [source.to(slow("a")), source.to(slow("bb")), source.to(slow("c"))] as const
    const ab = join(
      [a, b],
      CombineColumns({ name: "ab", columns: ["seen"], outputColumns: ["seen"] })
    )
    const bc = join(
      [b, c],
      CombineColumns({ name: "bc", columns: ["seen"], outputColumns: ["seen"] })
    )
    const subsets = await rowsOf(Pipeline("p", {}, [ab, bc]))
    expect(subsets["ab"]!.rows.map(({ seen }) => seen)).toEqual(
      Array.from({ length: 20 }, (_, n) => [`a${n}`, `bb${n}`])
    )
    expect(subsets["bc"]!.rows.map(({ seen }) => seen)).toEqual(
      Array.from({ length: 20 }, (_, n) => [`bb${n}`, `c${n}`])
    )
  })

  it("waits for a global step in one of its branches without standing still", async () => {
    const ranked = globalStep({
      name: "ranked",
      inputs: { n: Schema.Number },
      outputs: { rank: Schema.Number },
      process: (rows) => [...rows].sort((a, b) => b.n - a.n).map((row, rank) => ({ ...row, rank }))
    })
    const source = from(numbers(9000))
    const double = MapRows({
      name: "double",
      inputs: { n: Schema.Number },
      outputs: { m: Schema.Number },
      map: ({ n }) => ({ m: 2 * n })
    })
    const { rows } = (
      await rowsOf(
        Pipeline(
          "p",
          {},
          join([source.to(ranked), source.to(double)], CombineOutputs({ name: "both" }))
        )
      )
    )["default"]!
    expect(rows).toHaveLength(9000)
    expect(rows[3]).toEqual({ n: 3, rank: 8996, m: 6 })
  })

  it("refuses a global step's new rows, of which nobody knows what they belong to", async () => {
    const made = globalStep({
      name: "made",
      inputs: { n: Schema.Number },
      outputs: { n: Schema.Number },
      process: () => [{ n: 1 }]
    })
    const source = from(numbers(3))
    const pipeline = Pipeline(
      "p",
      {},
      join([source.to(made), source.to(slow("a"))], CombineColumns({ name: "c", columns: ["n"] }))
    )
    await expect(rowsOf(pipeline)).rejects.toThrow(/spread the row it comes from/)
  })

  it("gives an error row where CombineOutputs does not get one row of each branch", async () => {
    const odd = FilterRows({
      name: "odd",
      inputs: { n: Schema.Number },
      where: ({ n }) => n % 2 === 1
    })
    const source = from(numbers(4))
    const { errors, rows } = (
      await rowsOf(
        Pipeline(
          "p",
          {},
          join([source.to(odd), source.to(slow("a"))], CombineOutputs({ name: "both" }))
        )
      )
    )["default"]!
    expect(rows.map(({ n }) => n)).toEqual([1, 3])
    expect(errors).toMatchObject([
      { step: "both", reason: "NotOneRow", row: { n: 0 } },
      { row: { n: 2 } }
    ])
  })

  it("makes an error row of a row that failed in one branch, with what the others gave", async () => {
    const { errors, rows } = (
      await rowsOf(
        Pipeline(
          "p",
          {},
          from(numbers(5))
            .branch([slow("a", (n) => n === 2), slow("bb")])
            .join(seenBy)
        )
      )
    )["default"]!
    expect(rows.map(({ n }) => n)).toEqual([0, 1, 3, 4])
    expect(errors).toEqual([
      {
        row: { n: 2, seen: [null, "bb2"] },
        step: "a",
        reason: "ProcessFailed",
        detail: expect.stringMatching(/^no 2 \(test\/engine\/rows\.ts:\d+:\d+\)$/),
        trace: expect.stringContaining("at test/engine/rows.ts:")
      }
    ])
  })
})

describe("routing", () => {
  it("sends each batch to as many steps as asked, the same ones on every run", async () => {
    const pipeline = () =>
      Pipeline(
        "p",
        {},
        from(numbers(60, { batchSize: 4 }))
          .route(sampleNSteps(2, { seed: 7 }), [slow("a"), slow("bb"), slow("ccc")])
          .join(seenBy)
      )
    const first = (await rowsOf(pipeline()))["default"]!.rows
    expect(first).toHaveLength(60)
    expect(first.every(({ seen }) => (seen as ReadonlyArray<string>).length === 2)).toBe(true)
    const ways = first.map(({ seen }) =>
      (seen as ReadonlyArray<string>).map((text) => text.replaceAll(/\d/g, "")).join()
    )
    for (let batch = 0; batch < 60; batch += 4)
      expect(new Set(ways.slice(batch, batch + 4)).size).toBe(1)
    expect(new Set(ways).size).toBe(3)
    expect((await rowsOf(pipeline()))["default"]!.rows).toEqual(first)
  })

  it("shows a routing function the rows of the batch, after any step", async () => {
    const sizes: Array<number> = []
    const bySize = routingBatchFunction((steps, { rows }) => {
      sizes.push(rows.length)
      return rows.some(({ n }) => (n as number) > 6) ? steps.slice(0, 1) : steps.slice(1)
    })
    const before = step({
      name: "before",
      inputs: { n: Schema.Number },
      inputBatchSize: 5,
      process: (rows) => rows
    })
    const subsets = await rowsOf(
      Pipeline(
        "p",
        {},
        from(numbers(12))
          .to(before)
          .route(bySize, [slow("big"), slow("small")]).flows
      )
    )
    expect(sizes).toEqual([5, 5, 2])
    expect(subsets["small"]!.rows.map(({ n }) => n)).toEqual([0, 1, 2, 3, 4])
    expect(subsets["big"]!.rows.map(({ n }) => n)).toEqual([5, 6, 7, 8, 9, 10, 11])
  })

  it("sends rows one by one where the function looks at rows", async () => {
    const flows = from(numbers(10)).route(
      ({ n }) => (n % 3 === 0 ? ["a", "b"] : "b"),
      [slow("a"), slow("b")]
    ).flows
    const subsets = await rowsOf(Pipeline("p", {}, flows))
    expect(subsets["a"]!.rows.map(({ n }) => n)).toEqual([0, 3, 6, 9])
    expect(subsets["b"]!.rows).toHaveLength(10)
  })

  it("drops a batch that the function sends nowhere, and ends", async () => {
    const nowhere = routingBatchFunction(() => [])
    const { rows } = (
      await rowsOf(
        Pipeline(
          "p",
          {},
          from(numbers(10))
            .route(nowhere, [slow("a"), slow("bb")])
            .join(seenBy)
        )
      )
    )["default"]!
    expect(rows).toEqual([])
  })

  it("ends the run with a clear error where the function throws or names a step that is not there", async () => {
    const throwing = routingBatchFunction(() => {
      throw new Error("out of ideas")
    })
    const misspelt = routingBatchFunction(() => ["aa"])
    const flowsBy = (by: typeof throwing) =>
      rowsOf(
        Pipeline(
          "p",
          {},
          from(numbers(3))
            .route(by, [slow("a"), slow("bb")])
            .join(seenBy)
        )
      )
    await expect(flowsBy(throwing)).rejects.toThrow(/out of ideas/)
    await expect(flowsBy(misspelt)).rejects.toThrow(
      /chose 'aa', which is none of its steps: a, bb. Did you mean 'a'\?/
    )
  })
})

describe("flows without a common source", () => {
  const letters = LoadDataFromDicts({
    name: "letters",
    data: [..."abcde"].map((letter) => ({ letter }))
  })

  it("are paired by position", async () => {
    const pipeline = Pipeline(
      "p",
      {},
      zip([from(numbers(5)).to(slow("a")), from(letters)], CombineOutputs({ name: "pairs" }))
    )
    const { rows } = (await rowsOf(pipeline))["default"]!
    expect(rows).toEqual([..."abcde"].map((letter, n) => ({ n, seen: `a${n}`, letter })))
  })

  it("end the run if they are paired and differ in length", async () => {
    const pipeline = Pipeline(
      "p",
      {},
      zip([from(numbers(7)), from(letters)], CombineOutputs({ name: "pairs" }))
    )
    await expect(rowsOf(pipeline)).rejects.toThrow(/'numbers' gave 7, 'letters' gave 5/)
    await expect(rowsOf(pipeline)).rejects.toBeInstanceOf(StepFailed)
  })

  it("are put one after the other, with nulls for what one of them lacks", async () => {
    const pipeline = Pipeline("p", {}, concat([from(numbers(2)), from(letters)], { name: "all" }))
    const { rows } = (await rowsOf(pipeline))["default"]!
    expect(rows.slice(0, 3)).toEqual([
      { n: 0, letter: null },
      { n: 1, letter: null },
      { n: null, letter: "a" }
    ])
    expect(rows).toHaveLength(7)
  })
})

it("a graph built by names runs like a flow", async () => {
  const pipeline = new GraphBuilder("built")
    .add(numbers(10))
    .add(slow("a"))
    .add(slow("bb"))
    .add(seenBy)
    .route("numbers", sampleNSteps(1), ["a", "bb"])
    .connect("a", "seen_by")
    .connect("bb", "seen_by")
    .build()
  const { rows } = (await rowsOf(pipeline))["default"]!
  expect(rows.map(({ n }) => n)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
})

it("lists expand into rows that stay in order through further steps", async () => {
  const load = LoadDataFromDicts({
    name: "load",
    data: [
      { n: 1, items: ["a", "b"] },
      { n: 2, items: [] },
      { n: 3, items: ["c"] }
    ]
  })
  const pipeline = Pipeline(
    "p",
    {},
    from(load)
      .to(ExpandColumns({ name: "x", columns: { items: "item" } }))
      .to(slow("s"))
  )
  const { rows } = (await rowsOf(pipeline))["default"]!
  expect(rows.map(({ item, n }) => `${n}${item}`)).toEqual(["1a", "1b", "3c"])
})
