/** What tests of the command share: the real process, its output as it comes, and signals. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { conditions, entry } from "../program.ts"

export const folder = (): string => mkdtempSync(join(tmpdir(), "distilabel-cli-"))

type Env = Readonly<Record<string, string>>

/** Starts the command, or Node itself with these arguments; `shell` is what it is started through. */
export const started = (
  args: ReadonlyArray<string>,
  env: Env = {},
  shell?: string,
  { node = false }: { readonly node?: boolean } = {}
) => {
  const own = [process.execPath, ...conditions, ...(node ? [] : [entry]), ...args]
  const [program, ...rest] =
    shell === undefined ? own : ["bash", "-c", `${shell}; exec "$@"`, "bash", ...own]
  const child = spawn(program!, rest, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"]
  })
  const told = { stdout: "", stderr: "" }
  child.stdout.on("data", (data: Buffer) => (told.stdout += data.toString()))
  child.stderr.on("data", (data: Buffer) => (told.stderr += data.toString()))
  return {
    child,
    told,
    ended: once(child, "close") as Promise<[code: number | null, signal: string | null]>
  }
}

/** Runs the command to its end, without blocking a server of this process that it asks. */
export const command = async (args: ReadonlyArray<string>, env: Env = {}) => {
  const { ended, told } = started(args, env)
  const [status] = await ended
  return { status, ...told }
}
