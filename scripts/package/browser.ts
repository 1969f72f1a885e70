/** `distilabel-ts/pure` in a browser: bundled for it, without anything of Node, and used there. */
import { existsSync } from "node:fs"
import { chromium } from "playwright-core"
import type { Check, Project } from "./Project.ts"

/** A page's program: a pipeline is built, written, read, looked at and drawn. */
const page = `import { from, fromYamlPromise, inspect, KeepColumns, LoadDataFromDicts, Pipeline, step, task, toMermaid, toSvg, toYamlPromise } from "distilabel-ts/pure"
import { Schema } from "effect"

const load = LoadDataFromDicts({ name: "load", data: [{ text: "秘鲁" }] })
const count = step({ name: "count", inputs: { text: Schema.String }, outputs: { letters: Schema.Number }, process: (rows) => rows.map(({ text }) => ({ letters: text.length })) })
const keep = KeepColumns({ name: "keep", columns: ["letters"] })
const pipeline = Pipeline("in_a_browser", { description: "Nothing is run" }, from(load).to(count).to(keep))
const loaded = await fromYamlPromise(await toYamlPromise(pipeline, { onWarning: () => {} }))
let refused = ""
try {
  Pipeline("wrong", {}, from(load).to(KeepColumns({ name: "keep", columns: ["txet"] }) as never))
} catch (thrown) {
  refused = (thrown as Error).message
}
document.body.innerHTML = toSvg(loaded)
Object.assign(globalThis, { result: { steps: inspect(loaded).steps.map(({ name }) => name), mermaid: toMermaid(pipeline), refused, isTask: typeof task } })
`

const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium"

interface Result {
  readonly steps: ReadonlyArray<string>
  readonly mermaid: string
  readonly refused: string
}

export const browserChecks = (project: Project): ReadonlyArray<Check> => [
  [
    "distilabel-ts/pure imports nothing of Node, however far its imports go",
    () => {
      project.write("page.ts", page)
      // Fails on any of Node's modules, of the library or of a package.
      project.run(
        "node_modules/.bin/esbuild",
        ..."page.ts --bundle --platform=browser --format=esm --outfile=page.js".split(" "),
        "--log-level=warning"
      )
      return !/\bfrom ?"node:/.test(project.read("node_modules/distilabel-ts/dist/browser/pure.js"))
    }
  ],
  [
    "it builds, checks, writes, reads and draws pipelines in Chromium",
    async () => {
      // In CI it has to be there: a test that is skipped there would tell nobody.
      if (!existsSync(executablePath) && process.env["CI"] === undefined) {
        console.log(`  skipped: there is no Chromium at ${executablePath}`)
        return true
      }
      const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] })
      try {
        const tab = await browser.newPage()
        const errors: Array<string> = []
        tab.on("pageerror", ({ message }) => errors.push(message))
        await tab.setContent("<body></body>")
        await tab.addScriptTag({ content: project.read("page.js"), type: "module" })
        await tab.waitForSelector("svg", { timeout: 10_000 }).catch(() => {})
        if (errors.length > 0) throw new Error(errors.join("\n"))
        const { mermaid, refused, steps } = (await tab.evaluate("globalThis.result")) as Result
        return (
          steps.join() === "load,count,keep" &&
          mermaid.includes("count") &&
          /Step 'keep' needs column 'txet'/.test(refused)
        )
      } finally {
        await browser.close()
      }
    }
  ]
]
