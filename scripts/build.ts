/** Builds `dist/`: JavaScript and declarations, from nothing, and the command made runnable. */
import { spawnSync } from "node:child_process"
import { chmodSync, rmSync } from "node:fs"

rmSync("dist", { recursive: true, force: true })
const { status } = spawnSync("tsc", ["-p", "tsconfig.build.json"], { stdio: "inherit", shell: process.platform === "win32" })
if (status !== 0) process.exit(status ?? 1)
chmodSync("dist/cli/main.js", 0o755)
