/** How fast the command starts: the built one against Node itself, in turns. */
import { execFile } from "node:child_process"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import type { Figure } from "./Figure.ts"

const rounds = 20

const entry = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url))

const ms = async (...args: ReadonlyArray<string>): Promise<number> => {
  const start = performance.now()
  await promisify(execFile)(process.execPath, args)
  return performance.now() - start
}

const median = (values: ReadonlyArray<number>): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

export const start = async (): Promise<ReadonlyArray<Figure>> => {
  if (!existsSync(entry)) throw new Error("The command is not built: npm run build.")
  const calls: Readonly<Record<string, ReadonlyArray<string>>> = { "--help": [entry, "--help"], "--version": [entry, "--version"], "run --help": [entry, "run", "--help"] }
  const node: Array<number> = []
  const times = new Map(Object.keys(calls).map((name) => [name, [] as Array<number>]))
  for (let round = 0; round < rounds; round++) {
    node.push(await ms("-e", "0"))
    for (const [name, args] of Object.entries(calls)) times.get(name)!.push(await ms(...args))
  }
  return [...times].map(([name, all]) => ({ name: `distilabel-ts ${name}`, value: median(all), unit: "ms", bar: 150, atMost: true, from: { "node -e 0 ms": median(node), "over it ms": median(all) - median(node), "slowest ms": Math.max(...all) } }))
}
