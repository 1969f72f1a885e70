/**
 * Builds `dist/` from nothing: declarations, the library in few files, the page of reports, and the
 * command as one file that starts fast and loads the rest when it is asked for.
 */
import { spawnSync } from "node:child_process"
import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { build, type Plugin } from "rolldown"
import { bundledLicenses } from "./bundledLicenses.ts"
import { bundledPackages, bundleLibrary } from "./bundleLibrary.ts"
import { bundlePage } from "./bundlePage.ts"
import { bundlePure } from "./bundlePure.ts"
import { pruneDeclarations } from "./pruneDeclarations.ts"

rmSync("dist", { recursive: true, force: true })
const { status } = spawnSync("tsc", ["-p", "tsconfig.build.json"], {
  stdio: "inherit",
  shell: process.platform === "win32"
})
if (status !== 0) process.exit(status ?? 1)

const commandLine = "dist/cli/commandLine.js"
/**
 * What a subcommand does stays a file of its own, so that it shares the library with the pipelines
 * that it runs.
 */
const external = /^\.\/\w+Command\.js$/
/**
 * ICU's segmenter takes a tenth of the command's start, and only effect/cli's own help would use
 * it.
 */
const lateSegmenter: Plugin = {
  name: "late-segmenter",
  transform: {
    filter: { id: /effect\/dist\/cli\/CliOutput\.js$/ },
    handler: (code) => {
      const late = code.replace(
        /new Intl\.Segmenter\([^)]*\)/,
        "{ segment: (text) => $&.segment(text) }"
      )
      if (late === code)
        throw new Error("effect/cli has no segmenter of its own any more: drop this plugin.")
      return late
    }
  }
}
await build({
  input: commandLine,
  platform: "node",
  external,
  plugins: [lateSegmenter],
  output: { file: commandLine, minify: true, codeSplitting: false },
  logLevel: "warn"
})
// A file of ASCII alone is read faster, as one byte a character.
const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`
writeFileSync(commandLine, readFileSync(commandLine, "utf8").replaceAll(/[^\0-\x7f]/g, escaped))
chmodSync("dist/cli/main.js", 0o755)

const page = JSON.stringify(await bundlePage())
writeFileSync("dist/report/write/builtPage.js", `export const builtPage = ${page}\n`)
await bundlePure("dist", "browser/pure.js")
await bundleLibrary("dist", ["cli/main.js", "cli/commandLine.js", "browser/pure.js"])
writeFileSync("dist/LICENSES.txt", bundledLicenses(["effect", ...bundledPackages]))

pruneDeclarations("dist", ["index.d.ts", "pure/index.d.ts", "simulator/index.d.ts"])
