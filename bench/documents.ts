/**
 * What documents cost, and what bad ones do: a thousand steps loaded and checked, and a hundred
 * thousand mutated documents.
 */
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import type { Figure } from "./Figure.ts"

const measure = async (
  ...what: ReadonlyArray<string>
): Promise<Readonly<Record<string, number>>> => {
  const child = fileURLToPath(new URL("documentsRun.ts", import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--conditions=distilabel-ts:source",
    child,
    ...what
  ])
  return JSON.parse(stdout) as Readonly<Record<string, number>>
}

const mutations = 100_000

export const documents = async (): Promise<ReadonlyArray<Figure>> => {
  // Of three programs the middle one: each reads its first document cold, as a command does.
  const loads: Array<Readonly<Record<string, number>>> = []
  for (let round = 0; round < 3; round++) loads.push(await measure("load"))
  const [median] = loads.toSorted((a, b) => a["seconds"]! - b["seconds"]!).slice(1)
  const fuzz = await measure("fuzz", String(mutations))
  return [
    {
      name: "a document of 1,000 steps loaded and checked",
      value: median!["seconds"]!,
      unit: "s",
      bar: 0.3,
      atMost: true,
      from: {
        MB: median!["MB"]!,
        "to save s": median!["save seconds"]!,
        "as Python writes it s": median!["python seconds"]!,
        "its MB": median!["python MB"]!
      }
    },
    {
      name: `${mutations.toLocaleString("en")} mutated documents: crashes`,
      value: fuzz["crashes"]!,
      unit: "",
      bar: 0,
      atMost: true,
      from: { graphs: fuzz["graphs"]!, errors: fuzz["errors"]! }
    },
    {
      name: `${mutations.toLocaleString("en")} mutated documents: hangs`,
      value: fuzz["hangs"]!,
      unit: "",
      bar: 0,
      atMost: true,
      from: { "slowest ms": fuzz["slowest ms"]! }
    }
  ]
}
