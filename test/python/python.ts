/**
 * Python with packages of its index, in virtual environments that are made once for each user of
 * this machine.
 */
import { execFileSync, spawnSync } from "node:child_process"
import { existsSync, mkdirSync, rmSync } from "node:fs"
import { tmpdir, userInfo } from "node:os"
import { join } from "node:path"

/** An environment with some packages. */
export interface PythonEnvironment {
  readonly executable: string
  /** Why it cannot be had here; undefined if it can. */
  readonly missing: string | undefined
  /** Runs a program; its last line is JSON, which is given back. */
  readonly run: (program: string, ...args: ReadonlyArray<string>) => unknown
}

const attempt = (command: string, args: ReadonlyArray<string>): string | undefined => {
  const { error, status, stderr } = spawnSync(command, args, { encoding: "utf8", timeout: 240_000 })
  return error !== undefined
    ? error.message
    : status === 0
      ? undefined
      : (stderr.trim().split("\n").at(-1) ?? "it failed")
}

/** What is compiled beforehand would be all of a package, of which a program loads a part. */
const quietly = ["--quiet", "--no-compile", "--retries", "0"]

/** Makes an environment, unless it is there; tests of what cannot be had are skipped, and say so. */
export const pythonWith = (packages: ReadonlyArray<string>): PythonEnvironment => {
  const folder = join(
    tmpdir(),
    `distilabel-ts-python-${userInfo().uid}`,
    packages.join("-").replaceAll(/[^\w.-]/g, "_")
  )
  const executable = join(folder, "bin/python")
  const complete = join(folder, "complete")
  const install = (): string | undefined => {
    if (existsSync(complete)) return undefined
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    const failed =
      attempt("python3", ["-m", "venv", folder]) ??
      attempt(executable, ["-m", "pip", "install", ...quietly, ...packages])
    if (failed === undefined) mkdirSync(complete)
    return failed
  }
  const missing = install()
  if (missing !== undefined) console.warn(`Tests with ${packages[0]} are skipped: ${missing}`)
  const run = (program: string, ...args: ReadonlyArray<string>): unknown => {
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
  return { executable, missing, run }
}
