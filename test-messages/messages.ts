/** Wrong programs and what the editor must say of them. A line `//~ text` names a part of the error on the code line above it; `//~ at: token` what the error must point at. */
import { spawnSync } from "node:child_process"
import { globSync, readFileSync } from "node:fs"

const folder = process.argv[2] ?? "test-messages"

interface Reported {
  readonly at: string
  readonly column: number
  readonly text: string
}

const { stdout } = spawnSync("tsc", ["-p", folder, "--pretty", "false"], { encoding: "utf8", shell: process.platform === "win32" })
const reported = stdout.split(/\n(?=\S)/).flatMap((entry): ReadonlyArray<Reported> => {
  const match = /^(.+?)\((\d+),(\d+)\): error TS\d+: ([^]*)$/.exec(entry)
  return match === null ? [] : [{ at: `${match[1]}:${match[2]}`, column: Number(match[3]), text: match[4]! }]
})

let passed = 0
const failures: Array<string> = []
const expected = new Set<string>()
for (const file of globSync(`${folder}/*.ts`).filter((name) => !name.endsWith("messages.ts")).sort()) {
  let number = 0
  let code = ""
  readFileSync(file, "utf8").split("\n").forEach((line, i) => {
    const wanted = /^\s*\/\/~ (.*)/.exec(line)?.[1]
    if (wanted === undefined) {
      number = i + 1
      code = line
      return
    }
    const at = `${file}:${number}`
    expected.add(at)
    const here = reported.filter((error) => error.at === at)
    const token = /^at: (.*)/.exec(wanted)?.[1]
    const holds = here.some(({ column, text }) => token === undefined ? text.includes(wanted) : code.slice(column - 1).startsWith(token))
    if (holds) passed++
    else failures.push(`${at} expected: ${wanted}\n  got: ${here.map(({ column, text }) => `(at '${code.slice(column - 1, column + 20)}') ${text}`).join("\n       ") || "no error"}`)
  })
}
for (const { at, text } of reported) if (!expected.has(at)) failures.push(`${at} not expected: ${text}`)
for (const failure of failures) console.log(failure)
console.log(`${expected.size} wrong programs\n${passed} passed, ${failures.length} failed`)
process.exitCode = failures.length === 0 && passed > 0 ? 0 : 1
