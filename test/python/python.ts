/**
 * Python with `datasets` and `pyarrow`, in a virtual environment that is made once for each user of
 * this machine.
 */
import { execFileSync, spawnSync } from "node:child_process"
import { existsSync, mkdirSync, rmSync } from "node:fs"
import { tmpdir, userInfo } from "node:os"
import { join } from "node:path"

const versions = ["datasets==5.0.1", "pyarrow==25.0.1", "pandas", "pillow"]
const folder = join(
  tmpdir(),
  `distilabel-ts-python-${userInfo().uid}`,
  versions.join("-").replaceAll(/[^\w.-]/g, "_")
)
const executable = join(folder, "bin/python")
const complete = join(folder, "complete")

const attempt = (command: string, args: ReadonlyArray<string>): string | undefined => {
  const { error, status, stderr } = spawnSync(command, args, { encoding: "utf8", timeout: 240_000 })
  return error !== undefined
    ? error.message
    : status === 0
      ? undefined
      : (stderr.trim().split("\n").at(-1) ?? "it failed")
}

const install = (): string | undefined => {
  if (existsSync(complete)) return undefined
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const failed =
    attempt("python3", ["-m", "venv", folder]) ??
    attempt(executable, ["-m", "pip", "install", "--quiet", "--retries", "0", ...versions])
  if (failed === undefined) mkdirSync(complete)
  return failed
}

/** Why Python cannot be asked here; undefined if it can. */
export const missing = install()
if (missing !== undefined) console.warn(`Tests with Python's datasets are skipped: ${missing}`)

/** Runs a program; its last line is JSON, which is given back. */
export const python = (program: string, ...args: ReadonlyArray<string>): unknown => {
  const output = execFileSync(executable, ["-c", program, ...args], {
    encoding: "utf8",
    env: {
      ...process.env,
      HF_HUB_OFFLINE: "1",
      HF_DATASETS_CACHE: join(folder, "cache"),
      HF_DATASETS_DISABLE_PROGRESS_BARS: "1"
    },
    maxBuffer: 1 << 26,
    stdio: ["ignore", "pipe", "pipe"]
  })
  return JSON.parse(output.trim().split("\n").at(-1)!) as unknown
}
