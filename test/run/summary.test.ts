import { from, LoadDataFromDicts, MapRows, Pipeline, runPromise } from "distilabel-ts"
import * as Schema from "effect/Schema"
import { afterEach, describe, expect, it, vi } from "vitest"
import { ownStack, thrownAt } from "../../src/step/thrownAt.ts"

const load = LoadDataFromDicts({ name: "load", data: [{ n: 1 }, { n: 2 }, { n: 3 }] })
const failing = (fails: (n: number) => boolean) =>
  MapRows({
    name: "work",
    inputs: { n: Schema.Number },
    outputs: { m: Schema.Number },
    map: ({ n }) => {
      if (fails(n)) throw new TypeError(`no ${n}`)
      return { m: n }
    }
  })

const summaryOf = async (fails: (n: number) => boolean): Promise<string> => {
  const written = vi.spyOn(process.stderr, "write").mockReturnValue(true)
  await runPromise(Pipeline("told", {}, from(load).to(failing(fails))), {
    progress: "plain",
    report: false,
    useCache: false,
    maxErrorRate: 1
  })
  return written.mock.calls.map(([text]) => String(text)).join("")
}

describe("the summary of a run", () => {
  afterEach(() => void vi.restoreAllMocks())

  it("shows the first message of each kind of failure, with its place", async () => {
    const summary = await summaryOf((n) => n > 1)
    expect(summary).toMatch(/^✓ told finished after /m)
    expect(summary).toMatch(
      /^ {2}2 × ProcessFailed at work: no 2 \(test\/run\/summary\.test\.ts:\d+:\d+\)$/m
    )
  })

  it("is no success where every row failed", async () => {
    const summary = await summaryOf(() => true)
    expect(summary).toMatch(/^✗ told finished after .*: every row failed at 'work'$/m)
    expect(summary).not.toContain("✓")
  })
})

describe("the place where an error was thrown", () => {
  const withStack = (stack: string): Error => Object.assign(new Error("x"), { stack })

  it("is the first frame of the program, not of a package, of Node or of the library", () => {
    const cwd = process.cwd()
    const stack = `Error: x
    at inner (node:internal/process/task_queues:103:5)
    at lib (${cwd}/node_modules/some/index.js:1:2)
    at library (file://${cwd}/src/steps/rows.ts:3:4)
    at async own (file://${cwd}/my%20steps/a.ts?v=1:14:7)
    at other (${cwd}/b.ts:1:1)`
    expect(thrownAt(withStack(stack))).toBe("my steps/a.ts:14:7")
  })

  it("stands above those that led there", () => {
    const cwd = process.cwd()
    const stack = `Error: x
    at inner (${cwd}/steps/a.ts:14:7)
    at ${cwd}/steps/a.ts:20:3
    at library (file://${cwd}/src/steps/rows.ts:3:4)
    at async Object.outer [as process] (${cwd}/b.ts:1:1)`
    expect(ownStack(withStack(stack))?.split("\n")).toEqual([
      "at inner (steps/a.ts:14:7)",
      "at steps/a.ts:20:3",
      "at Object.outer [as process] (b.ts:1:1)"
    ])
    expect(ownStack(new RangeError("no stack of its own").message)).toBeUndefined()
  })

  it("names no more than the last folder of a file elsewhere on the machine", () => {
    expect(thrownAt(withStack("Error: x\n    at /somewhere/private/steps/a.ts:2:3"))).toBe(
      "…/steps/a.ts:2:3"
    )
  })

  it("is not known for what has no stack", () => {
    expect([thrownAt("text"), thrownAt(withStack("Error: x")), thrownAt(undefined)]).toEqual([
      undefined,
      undefined,
      undefined
    ])
  })
})
