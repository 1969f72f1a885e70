/**
 * The packed package, as a user gets it: packed, installed into an empty project, weighed,
 * type-checked, bundled, and run on the Nodes that it is for.
 */
import { browserChecks } from "./package/browser.ts"
import { effectChecks, installChecks } from "./package/install.ts"
import { loadingChecks } from "./package/loading.ts"
import { nodeChecks } from "./package/otherNodes.ts"
import { runtimeChecks } from "./package/otherRuntimes.ts"
import { type Check, Project } from "./package/Project.ts"
import { runningChecks } from "./package/running.ts"
import { typeChecks } from "./package/types.ts"

let passed = 0
let failed = 0
const all = async (checks: ReadonlyArray<Check>): Promise<void> => {
  for (const [what, holds] of checks) {
    const began = performance.now()
    let held = false
    try {
      held = await holds()
    } catch (thrown) {
      console.log(thrown)
    }
    if (held) passed++
    else failed++
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    console.log(`${held ? "✓" : "✗"} ${what} (${seconds} s)`)
  }
}

using project = new Project()
project.install(project.tarball, "effect@4.1.0")
await all(installChecks(project))
project.install(
  "typescript@7.0.2",
  "typescript-5@npm:typescript@5.9.3",
  "@types/node@24",
  "esbuild@0.28.2"
)
await all(typeChecks(project))
await all(runningChecks(project))
await all(browserChecks(project))
await all(loadingChecks(project))
await all(nodeChecks(project))
await all(runtimeChecks(project))
await all(effectChecks(project))
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
