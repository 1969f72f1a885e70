import { describe, expect, it } from "vitest"
import { runCommand } from "../../src/cli/command.ts"
import { root } from "../../src/cli/commands.ts"

/** What the command prints, without a process of its own. */
const called = async (...args: ReadonlyArray<string>) => {
  const told = { out: "", err: "" }
  const code = await runCommand(root, "1.2.3", args, {
    out: (text) => (told.out += text),
    err: (text) => (told.err += text)
  })
  return { code, ...told }
}

const names = [
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

describe("the commands", () => {
  it("are listed with what they do", async () => {
    const { code, out } = await called("--help")
    expect(code).toBe(0)
    expect([...out.matchAll(/^ {2}([a-z]+) {2,}\S/gm)].map(([, name]) => name)).toEqual(names)
    expect(await called()).toMatchObject({ code: 2, out })
    expect(await called("--version")).toEqual({ code: 0, out: "1.2.3", err: "" })
  })

  it.each(
    [
      ...names.map((name) => [name]),
      ...["list", "size", "inspect", "verify", "prune"].map((name) => ["cache", name])
    ].map((path) => [path.join(" "), path] as const)
  )("%s has help with examples", async (name, path) => {
    const { code, err, out } = await called(...path, "--help")
    expect({ code, err }).toEqual({ code: 0, err: "" })
    expect(out).toMatch(new RegExp(`^Usage: distilabel-ts ${name}( [A-Z[]|$)`, "m"))
    expect(out).toMatch(/\n\nExamples:\n {2}\S*.*distilabel-ts /)
    expect(out).not.toMatch(/undefined|\[object/)
    // Every option says what it is.
    for (const [, option, about] of out.matchAll(/^ {2}(--\S+)(?:[^\n]*? {2,}(\S[^\n]*))?$/gm))
      expect(`${option} ${about ?? "below"}`).toMatch(/ \S/)
  })

  it.each([
    [["rnu"], "There is no command 'rnu'. Did you mean 'run'? See: distilabel-ts --help"],
    [["xyzzy"], "There is no command 'xyzzy'. See: distilabel-ts --help"],
    [["run"], "No FILE is given. See: distilabel-ts run --help"],
    [
      ["run", "a.ts", "b.ts", "c.ts"],
      "There is one FILE, but also b.ts, c.ts. See: distilabel-ts run --help"
    ],
    [
      ["run", "a.ts", "--outputt", "b"],
      "There is no option '--outputt'. Did you mean '--output'? See: distilabel-ts run --help"
    ],
    [["run", "a.ts", "-x"], "There is no option '-x'. See: distilabel-ts run --help"],
    [
      ["run", "a.ts", "--progress", "loud"],
      "--progress takes auto, live, plain or none, not 'loud'. See: distilabel-ts run --help"
    ],
    [
      ["run", "a.ts", "--progress"],
      "--progress takes HOW, and none is given. See: distilabel-ts run --help"
    ],
    [
      ["run", "a.ts", "--max-cost", "-1"],
      "--max-cost takes a number from 0 on, not '-1'. See: distilabel-ts run --help"
    ],
    [
      ["run", "a.ts", "--max-rows", "1.5"],
      "--max-rows takes a whole number from 1 on, not '1.5'. See: distilabel-ts run --help"
    ],
    [
      ["run", "a.ts", "--output="],
      "--output takes DIR, and none is given. See: distilabel-ts run --help"
    ],
    [
      ["cache", "prnue"],
      "There is no 'cache prnue'. Did you mean 'prune'? See: distilabel-ts cache --help"
    ],
    [
      ["completions", "tcsh"],
      "SHELL takes bash, zsh or fish, not 'tcsh'. See: distilabel-ts completions --help"
    ],
    [["completions"], "No SHELL is given. See: distilabel-ts completions --help"]
  ])("a wrong call is told in a sentence, with exit code 2: %j", async (args, sentence) => {
    expect(await called(...args)).toEqual({ code: 2, out: "", err: sentence })
  })
})
