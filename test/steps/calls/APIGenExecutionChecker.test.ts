import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { describe, expect, it } from "vitest"
import {
  APIGenExecutionChecker,
  from,
  LoadDataFromDicts,
  Pipeline,
  type Row,
  runPromise,
  runStepPromise
} from "../../../src/index.ts"
import { camelCased, fixtures } from "../../fixtures.ts"

const libpath = fileURLToPath(new URL("./library.ts", import.meta.url))
const call = (name: string, args: object = {}): object => ({ name, arguments: args })

/** What comes of the calls of each row. */
const executed = async (rows: ReadonlyArray<ReadonlyArray<unknown>>, timeLimit = 5) => {
  const step = APIGenExecutionChecker({ name: "it", libpath, timeLimit })
  const { errors, rows: made } = await runStepPromise(
    step,
    rows.map((calls) => ({ answers: JSON.stringify(calls) }))
  )
  expect(errors).toEqual([])
  return made.map((row) => [row.keep_row_after_execution_check, row.execution_result])
}

/** Cases that come out otherwise on purpose, by their number. */
const better: Readonly<Record<number, Row>> = {
  // Results are JSON; arguments go by their names.
  2: { keep_row_after_execution_check: true, execution_result: ["3", "null"] },
  12: { keep_row_after_execution_check: true, execution_result: ["null"] },
  // Arguments follow the schemas of the parameters, and are never evaluated.
  3: { keep_row_after_execution_check: false },
  14: { keep_row_after_execution_check: false },
  // Without calls there is nothing that has succeeded.
  8: { keep_row_after_execution_check: false }
}

describe("apigen-execution-checker does as distilabel 1.5.3 did", async () => {
  const cases = fixtures("step-apigen-execution-checker")
  const { errors, rows } = await runStepPromise(
    APIGenExecutionChecker({ name: "it", ...camelCased(cases[0]!.config), libpath }),
    cases.flatMap(({ inputs }) => inputs as ReadonlyArray<{ readonly answers: string | null }>)
  )
  cases.forEach(({ inputs, outputs, title }, i) => {
    const instead = better[i + 1]
    const { answers } = inputs[0] as Row
    it(`${title}${instead === undefined ? "" : " (better here)"}`, () => {
      const row = rows.find((each) => each.answers === answers)
      if (outputs === null) {
        expect(row).toBeUndefined()
        expect(errors.filter((error) => error.row["answers"] === answers)).toHaveLength(1)
        return
      }
      const { execution_result, keep_row_after_execution_check: kept } = instead ?? outputs[0]!
      expect(row).toMatchObject({ keep_row_after_execution_check: kept })
      // Why a call failed is said in other words, unless the function says it.
      if (kept === true) expect(row).toMatchObject({ execution_result })
      else expect(row!.execution_result.every((text) => text.length > 0)).toBe(true)
    })
  })
})

describe("calls of functions", () => {
  it("fail by what the function throws, and reach nothing that is not callable", async () => {
    expect(
      await executed([
        [call("fail", { x: 3 })],
        [call("missing")],
        [call("shell", { x: "ls" })],
        [call("constructor")],
        [call("__proto__")]
      ])
    ).toEqual([
      [false, ["no good: 3"]],
      [false, ["there is no function 'missing'"]],
      [false, ["there is no function 'shell'"]],
      [false, ["there is no function 'constructor'"]],
      [false, ["there is no function '__proto__'"]]
    ])
  })

  it("take arguments by their names, as their schemas have them", async () => {
    expect(
      await executed([
        [call("add", { b: "2", a: 1 })],
        [call("add", { a: "1+1", b: 1 })],
        [call("add", { a: 1 })],
        [call("add", { a: 1, b: 2, c: 3 })],
        [call("greet", { name: "Größe 🐈" }), call("greet", { name: "Al", times: "2" })],
        [call("greet", { name: "A" })],
        [call("table"), call("table", { rows: [1, 2] }), call("table", { rows: "[3]" })],
        [call("table", { rows: [1.5] })]
      ])
    ).toEqual([
      [true, ["3"]],
      [false, [expect.stringMatching(/^the argument 'a' does not fit: /)]],
      [false, ["the argument 'b' is missing"]],
      [false, ["there is no parameter 'c'; the parameters are: a, b"]],
      [true, ["Hello Größe 🐈!", "Hello Al! Hello Al!"]],
      [false, [expect.stringMatching(/^the argument 'name' does not fit: /)]],
      [true, ['{"rows":[],"sum":0}', '{"rows":[1,2],"sum":3}', '{"rows":[3],"sum":3}']],
      [false, [expect.stringMatching(/^the argument 'rows' does not fit: /)]]
    ])
  })

  it("end where they take too long or end their thread, and leave the others alone", async () => {
    const two = call("add", { a: 1, b: 1 })
    expect(
      await executed(
        [[two, call("spin"), two], [call("never"), two], [call("leave")], [call("later")], [two]],
        1
      )
    ).toEqual([
      [false, ["2", "the call took longer than 1 s", "2"]],
      [false, ["the call took longer than 1 s", "2"]],
      [false, ["the function ended its thread (exit code 3)"]],
      [false, ["thrown by nobody's call"]],
      [true, ["2"]]
    ])
  })

  it("of a row that is unreadable make an error row, and the others go on", async () => {
    const step = APIGenExecutionChecker({ name: "it", libpath })
    const answers = ["{", "{}", '[{"arguments":{}}]', '[{"name":"add","arguments":[1,2]}]', "[]"]
    const { errors, rows } = await runStepPromise(
      step,
      answers.map((each) => ({ answers: each }))
    )
    expect(errors.map(({ detail }) => detail)).toEqual([
      expect.stringMatching(/^'answers' is no JSON: /),
      expect.stringMatching(/^'answers' is no list of calls/),
      expect.stringMatching(/^call 1 of 'answers' names no function/),
      expect.stringMatching(/^the arguments of call 1 of 'answers' are no object/)
    ])
    expect(rows.map((row) => row.execution_result)).toEqual([["there are no calls"]])
  })

  it("are carried out again once the module has changed", async () => {
    const folder = mkdtempSync(join(tmpdir(), "distilabel-library-"))
    const library = join(folder, "library.mts")
    const write = (body: string): void =>
      writeFileSync(
        library,
        `import { callable } from ${JSON.stringify(new URL("../../../src/steps/calls/callable.ts", import.meta.url).href)}
export const number = callable({ parameters: {}, call: () => ${body} })
`
      )
    const results = async (): Promise<ReadonlyArray<unknown>> => {
      const { default: subset } = await runPromise(
        Pipeline(
          "calls",
          {},
          from(LoadDataFromDicts({ name: "load", data: [{ answers: '[{"name":"number"}]' }] })).to(
            APIGenExecutionChecker({ name: "it", libpath: pathToFileURL(library).href })
          )
        ),
        { cacheDir: join(folder, "cache"), progress: "none", report: false }
      )
      return (await subset.toArray()).map(({ execution_result }) => execution_result)
    }
    write("1")
    expect(await results()).toEqual([["1"]])
    write("2")
    expect(await results()).toEqual([["2"]])
  })

  it("are refused before a row is read where the module has no functions for them", async () => {
    const folder = mkdtempSync(join(tmpdir(), "distilabel-library-"))
    const failing = async (name: string, text: string | undefined): Promise<string> => {
      const path = join(folder, name)
      if (text !== undefined) writeFileSync(path, text)
      return runStepPromise(APIGenExecutionChecker({ name: "it", libpath: path }), [
        { answers: "[]" }
      ]).then(
        () => "no failure",
        (error: unknown) => (error as Error).message
      )
    }
    expect(await failing("missing.mjs", undefined)).toMatch(/missing\.mjs cannot be loaded: /)
    expect(await failing("broken.mjs", "export const a = ")).toMatch(
      /broken\.mjs cannot be loaded: /
    )
    expect(await failing("throws.mjs", "throw new Error('not today')")).toMatch(/not today/)
    expect(await failing("leaves.mjs", "process.exit(4)")).toMatch(/exit code 4/)
    expect(await failing("none.mjs", "export const add = (a, b) => a + b")).toMatch(
      /exports no function that calls may name\. Make it with callable/
    )
    expect(await failing("lib.py", "def add(a, b):\n    return a + b\n")).toMatch(
      /cannot be loaded/
    )
  })
})
