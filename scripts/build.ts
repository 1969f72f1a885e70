/** Builds `dist/`: JavaScript and declarations, from nothing, the page of reports, and the command as one file that starts fast and loads the rest when it is asked for. */
import { spawnSync } from "node:child_process"
import { chmodSync, rmSync, writeFileSync } from "node:fs"
import { build } from "rolldown"
import { bundlePage } from "./bundlePage.ts"

rmSync("dist", { recursive: true, force: true })
const { status } = spawnSync("tsc", ["-p", "tsconfig.build.json"], { stdio: "inherit", shell: process.platform === "win32" })
if (status !== 0) process.exit(status ?? 1)

const commandLine = "dist/cli/commandLine.js"
/** What a subcommand does stays a file of its own, so that it shares the library with the pipelines that it runs. */
const external = /^\.\/\w+Command\.js$/
await build({ input: commandLine, platform: "node", external, output: { file: commandLine, minify: true }, logLevel: "warn" })
chmodSync("dist/cli/main.js", 0o755)

writeFileSync("dist/report/page.json", JSON.stringify(await bundlePage()))
