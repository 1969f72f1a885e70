import {
  from,
  generatorStep,
  globalStep,
  join,
  joinStep,
  LoadDataFromDicts,
  MapRows,
  Pipeline,
  type Row,
  step
} from "distilabel-ts"
import * as Schema from "effect/Schema"
import { afterEach, describe, expect, it, vi } from "vitest"
import { rowsOf } from "./rows.ts"

const load = () =>
  LoadDataFromDicts({ name: "load", data: [{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }] })
const read = async (...args: Parameters<typeof rowsOf>) => (await rowsOf(...args))["default"]!

const wrongAt =
  (wrong: ReadonlyArray<number>, value: unknown) =>
  ({ n }: { readonly n: number }): { readonly m: number } =>
    ({ m: wrong.includes(n) ? value : n * 10 }) as never

describe("what own code returns", () => {
  it("makes an error row where it is not what was declared, and takes no other row along", async () => {
    let calls = 0
    const wrong = step({
      name: "wrong",
      inputs: { n: Schema.Number },
      outputs: { m: Schema.Number },
      process: (rows) => {
        calls++
        return rows.map(wrongAt([2, 3], "many"))
      }
    })
    const { errors, rows } = await read(Pipeline("p", {}, from(load()).to(wrong)))
    expect(rows.map((row) => row["m"])).toEqual([10, 40])
    expect(errors.map(({ detail, reason, row }) => [(row as Row)["n"], reason, detail])).toEqual([
      [2, "WrongOutput", `column 'm' is declared as number, and got "many".`],
      [3, "WrongOutput", `column 'm' is declared as number, and got "many".`]
    ])
    expect(calls).toBe(1)
  })

  it("is checked anew on every run: wrong rows are not kept, right ones are", async () => {
    let asked: Array<number> = []
    let mended = false
    const pipeline = () =>
      Pipeline(
        "p",
        {},
        from(load()).to(
          step({
            name: "mends",
            version: "1",
            inputs: { n: Schema.Number },
            outputs: { m: Schema.Number },
            process: (rows) => {
              asked.push(...rows.map(({ n }) => n))
              return rows.map(wrongAt(mended ? [] : [2], Number.NaN))
            }
          })
        )
      )
    const first = await read(pipeline())
    expect(first.errors.map(({ detail }) => detail)).toEqual([
      "column 'm' is declared as number, and got NaN."
    ])
    mended = true
    asked = []
    const second = await read(pipeline(), { retryFailed: true })
    expect(asked).toEqual([2])
    expect(second.rows.map((row) => row["m"])).toEqual([10, 20, 30, 40])
  })

  it.each(["a step that makes several rows", "a global step", "a join", "a generator", "MapRows"])(
    "is checked for %s",
    async (kind) => {
      const inputs = { n: Schema.Number }
      const outputs = { m: Schema.Number }
      const flow = {
        "a step that makes several rows": () =>
          from(load()).to(
            step({
              name: "own",
              inputs,
              outputs,
              rowCount: "one-to-many",
              process: (rows) =>
                rows.flatMap((row) => [
                  { ...row, m: 1 },
                  { ...row, ...wrongAt([2], null)(row) }
                ])
            })
          ),
        "a global step": () =>
          from(load()).to(
            globalStep({
              name: "own",
              inputs,
              outputs,
              process: (rows) => rows.map((row) => ({ ...row, ...wrongAt([2], null)(row) }))
            })
          ),
        "a join": () => {
          const both = from(load())
          const left = both.to(
            MapRows({ name: "left", outputs: { a: Schema.Number }, map: () => ({ a: 1 }) })
          )
          const right = both.to(
            MapRows({ name: "right", outputs: { b: Schema.Number }, map: () => ({ b: 1 }) })
          )
          return join(
            [left, right],
            joinStep({
              name: "own",
              inputs,
              outputs,
              process: (arms) => [wrongAt([2], null)(arms[0]![0]!)]
            })
          )
        },
        "a generator": () =>
          from(
            generatorStep({
              name: "own",
              outputs: { ...inputs, ...outputs },
              *process() {
                for (const n of [1, 2, 3, 4]) yield { n, ...wrongAt([2], null)({ n }) }
              }
            })
          ),
        MapRows: () =>
          from(load()).to(MapRows({ name: "own", inputs, outputs, map: wrongAt([2], null) }))
      }[kind]!()
      const { errors, rows } = await read(Pipeline("p", {}, flow as never))
      expect(rows.length).toBe(kind === "a step that makes several rows" ? 7 : 3)
      expect(rows.map((row) => row["n"]).includes(2)).toBe(
        kind === "a step that makes several rows"
      )
      expect(errors.map(({ detail, reason }) => [reason, detail])).toEqual([
        ["WrongOutput", "column 'm' is declared as number, and got null."]
      ])
    }
  )

  it("names a column that was forgotten", async () => {
    const typo = step({
      name: "typo",
      outputs: { words: Schema.Number },
      process: (rows) => rows.map(() => ({ word: 1 }) as never)
    })
    const { errors, rows } = await read(Pipeline("p", {}, from(load()).to(typo)))
    expect(rows).toEqual([])
    expect(errors[0]!["detail"]).toBe("column 'words' is missing: it is declared as number.")
  })
})

describe("columns that own code adds without declaring them", () => {
  afterEach(() => void vi.restoreAllMocks())

  it("are left out, with one warning for each column", async () => {
    const warned = vi.spyOn(process.stderr, "write").mockReturnValue(true)
    const sneaky = step({
      name: "sneaky",
      inputs: { n: Schema.Number },
      outputs: { m: Schema.Number },
      process: (rows) => rows.map((row) => ({ ...row, m: 1, system_prompt: "S" }))
    })
    const { rows } = await read(Pipeline("p", {}, from(load()).to(sneaky)))
    expect(rows).toEqual([1, 2, 3, 4].map((n) => ({ n, m: 1 })))
    const lines = warned.mock.calls
      .map(([text]) => String(text))
      .filter((line) => line.includes("sneaky"))
    expect(lines).toEqual([
      expect.stringContaining(
        "Step 'sneaky' returns column 'system_prompt', which it does not declare: the column is left out. Add it to outputs to keep it. Declared: m."
      )
    ])
  })

  it("do not count as added where the row had them, or the source is open", async () => {
    const warned = vi.spyOn(process.stderr, "write").mockReturnValue(true)
    const spread = step({
      name: "spread",
      inputs: { n: Schema.Number },
      outputs: { m: Schema.Number },
      inputMappings: { n: "count" },
      process: (rows) => rows.map((row) => ({ ...row, m: row.n }))
    })
    const data = [{ count: 1, text: "a" }]
    const source = LoadDataFromDicts({ name: "load", data })
    const { rows } = await read(Pipeline("p", {}, from(source).to(spread)))
    expect(rows).toEqual([{ count: 1, text: "a", m: 1 }])
    expect(warned.mock.calls.filter(([text]) => String(text).includes("warning"))).toEqual([])
  })
})
