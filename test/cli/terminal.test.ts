import { spawn } from "node:child_process"
import { once } from "node:events"
import { chmodSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { spawn as spawnPty } from "@lydell/node-pty"
import { describe, expect, it } from "vitest"
import { conditions, entry } from "../program.ts"
import { command, folder } from "./command.ts"

// Programs start in programs here.

const commands = [
  "run",
  "view",
  "estimate",
  "check",
  "info",
  "graph",
  "convert",
  "codegen",
  "init",
  "list",
  "types",
  "cache",
  "batches",
  "prices",
  "worker",
  "shard",
  "merge",
  "cluster",
  "simulate",
  "completions"
]

/** What a terminal shows of the command, and its exit code. */
const onTerminal = async (
  args: ReadonlyArray<string>,
  {
    columns = 100,
    env = {}
  }: { readonly columns?: number; readonly env?: Readonly<Record<string, string>> } = {}
) => {
  const { NO_COLOR: _, FORCE_COLOR: __, CI: ___, ...inherited } = process.env
  const pty = spawnPty(process.execPath, [...conditions, entry, ...args], {
    cols: columns,
    rows: 40,
    env: { ...inherited, TERM: "xterm-256color", ...env }
  })
  let screen = ""
  pty.onData((data) => (screen += data))
  const code = await new Promise<number>((done) => pty.onExit(({ exitCode }) => done(exitCode)))
  return { code, screen: screen.replaceAll("\r\n", "\n") }
}

describe("the command on a terminal", () => {
  it("has help that is no wider than the terminal", async () => {
    for (const name of ["run", "types"]) {
      const { code, screen } = await onTerminal([name, "--help"], {
        columns: 72,
        env: { NO_COLOR: "1" }
      })
      expect(code).toBe(0)
      const [texts = ""] = screen.split(/^Examples:/m)
      // Lines that are commands or code of their own are not broken.
      expect(
        texts.split("\n").filter((line) => line.length > 72 && !/^ {2}(import|LoadData)/.test(line))
      ).toEqual([])
    }
  })

  it("has colours there, and none with NO_COLOR", async () => {
    expect((await onTerminal(["--help"])).screen).toContain("\u001b[1mUsage:")
    expect((await onTerminal(["--help"], { env: { NO_COLOR: "1" } })).screen).not.toContain(
      "\u001b["
    )
  })

  it("shows what a step logs above the drawing, which would else be drawn over it", async () => {
    const { code, screen } = await onTerminal(
      ["run", "test/cli/pipelines/logging.ts", "--output", join(folder(), "out")],
      { env: { NO_COLOR: "1" } }
    )
    expect(code, screen).toBe(0)
    const logged = [...screen.matchAll(/(.{0,12})debug (\d)\n/gs)]
    expect(logged.map(([, , n]) => n)).toEqual(["0", "1", "2", "3", "4", "5"])
    // What stood there was erased before: the cursor is at the left of an empty line.
    for (const [, before] of logged.slice(1)) expect(before).toMatch(/\u001b\[G(\u001b\[\?2026l)?$/)
  })

  it("answers a wrong call with one sentence and exit code 2", async () => {
    const { code, screen } = await onTerminal(["cache", "prune", "--max-size", "big"], {
      columns: 300,
      env: { NO_COLOR: "1" }
    })
    expect({ code, screen: screen.trim() }).toEqual({
      code: 2,
      screen:
        "--max-size takes a number with GB, MB, KB, B, not 'big'. See: distilabel-ts cache prune --help"
    })
  })

  it("tells mistakes of documents without a stack, and ends at Ctrl+C while it simulates", async () => {
    const path = join(folder(), "broken.yaml")
    writeFileSync(path, "pipeline: [\n")
    const { code, screen } = await onTerminal(["run", path], { columns: 300 })
    expect(code).toBe(1)
    expect(screen).toContain("This is no YAML")
    expect(screen).not.toMatch(/^\s+at /m)
    const pty = spawnPty(process.execPath, [...conditions, entry, "simulate", "--hub"], {
      cols: 200,
      rows: 20,
      env: { ...process.env }
    })
    let shown = ""
    pty.onData((data) => (shown += data))
    const ended = new Promise<number>((done) => pty.onExit(({ exitCode }) => done(exitCode)))
    await expect.poll(() => shown).toContain('"hubUrl"')
    pty.write("\u0003")
    expect(await ended).toBe(0)
  })
})

/** What a real bash completes at the end of a line. */
const completed = async (
  script: string,
  line: string,
  cwd: string
): Promise<ReadonlyArray<string>> => {
  const program = `${script}
COMP_LINE=${JSON.stringify(line)} COMP_POINT=${line.length} COMP_TYPE=9 COMP_KEY=9
read -ra COMP_WORDS <<< "$COMP_LINE"
[[ "$COMP_LINE" == *' ' ]] && COMP_WORDS+=("")
COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 ))
_distilabel_ts distilabel-ts "\${COMP_WORDS[COMP_CWORD]}" "\${COMP_WORDS[COMP_CWORD-1]}"
printf '%s\\n' "\${COMPREPLY[@]}"`
  const child = spawn("bash", ["--norc", "--noprofile", "-c", program], {
    cwd,
    stdio: ["ignore", "pipe", "pipe"]
  })
  let told = ""
  child.stdout.on("data", (data: Buffer) => (told += data.toString()))
  child.stderr.on("data", (data: Buffer) => (told += data.toString()))
  await once(child, "close")
  return told.split("\n").filter((word) => word !== "")
}

describe("completions", () => {
  it("of bash complete commands, options, their values and files, without asking the command again", async () => {
    const { status, stdout: script } = await command(["completions", "bash"])
    expect(status).toBe(0)
    expect(script).not.toContain("--completions")
    const cwd = folder()
    writeFileSync(join(cwd, "pipeline.ts"), "")
    writeFileSync(join(cwd, "my pipeline.yaml"), "")
    mkdirSync(join(cwd, "results"))
    expect(await completed(script, "distilabel-ts ", cwd)).toEqual(commands)
    expect(await completed(script, "distilabel-ts co", cwd)).toEqual(
      ["convert", "codegen", "completions"].toSorted(
        (a, b) => commands.indexOf(a) - commands.indexOf(b)
      )
    )
    expect(await completed(script, "distilabel-ts run --max-", cwd)).toEqual([
      "--max-cost",
      "--max-tokens",
      "--max-rows",
      "--max-error-rate"
    ])
    expect(await completed(script, "distilabel-ts run --progress ", cwd)).toEqual([
      "auto",
      "live",
      "plain",
      "none"
    ])
    expect(await completed(script, "distilabel-ts run pi", cwd)).toEqual(["pipeline.ts"])
    expect(await completed(script, "distilabel-ts run my", cwd)).toEqual(["my\\ pipeline.yaml"])
    expect(await completed(script, "distilabel-ts run pipeline.ts --output re", cwd)).toEqual([
      "results"
    ])
    expect(await completed(script, "distilabel-ts cache prune --dry", cwd)).toEqual(["--dry-run"])
  })

  it("work when they are typed at a bash on a terminal", async () => {
    const { stdout: script } = await command(["completions", "bash"])
    const cwd = folder()
    writeFileSync(join(cwd, "completions.bash"), script)
    // The command itself only has to be found.
    writeFileSync(join(cwd, "distilabel-ts"), '#!/bin/sh\necho "called with $*"\n')
    chmodSync(join(cwd, "distilabel-ts"), 0o755)
    const pty = spawnPty("bash", ["--norc", "--noprofile"], {
      cols: 120,
      rows: 20,
      cwd,
      env: { ...process.env, PATH: `${cwd}:${process.env["PATH"]!}`, PS1: "> ", TERM: "xterm" }
    })
    let screen = ""
    pty.onData((data) => (screen += data))
    pty.write("source ./completions.bash\n")
    pty.write("distilabel-ts est\t--samp\t5\n")
    await expect.poll(() => screen).toContain("called with estimate --sample 5")
    pty.kill()
  })

  it.each(["zsh", "fish"])("of %s name every command and option", async (shell) => {
    const { status, stdout } = await command(["completions", shell])
    expect(status).toBe(0)
    for (const name of [...commands, "max-cost", "leave-out-rows", "older-than"])
      expect(stdout).toContain(name)
  })
})
