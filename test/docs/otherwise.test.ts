import { readFileSync } from "node:fs"
import { expect, it } from "vitest"
import { better } from "../gallery/better.ts"

/** The lines that the page names, by their file. */
const named = new Map(
  readFileSync("docs/design/otherwise.md", "utf8")
    .split("\n")
    .flatMap((line) => {
      const [, files = "", lines = ""] = /^\| ([a-z][a-z, -]+) \| ([\d, –]+) \|/.exec(line) ?? []
      const numbers = lines.split(", ").flatMap((part) => {
        const [from = 0, to = from] = part.split("–").map(Number)
        return Array.from({ length: to - from + 1 }, (_, i) => from + i)
      })
      return files === "" ? [] : files.split(", ").map((file) => [file, numbers] as const)
    })
)

it.each(Object.entries(better))(
  "the page of differences names the lines of %s that the tests name",
  (file, lines) => {
    expect(named.get(file)).toEqual(Object.keys(lines).map(Number))
  }
)
