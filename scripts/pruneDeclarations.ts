/** Takes declarations out of `dist/` that no user's program can reach, together with their maps. */
import { globSync, readFileSync, rmSync } from "node:fs"
import { dirname, join, resolve } from "node:path"

/** `entries` are what package.json exports. */
export const pruneDeclarations = (dist: string, entries: ReadonlyArray<string>): void => {
  const reached = new Set(entries.map((entry) => resolve(dist, entry)))
  // Grows while it is gone through.
  for (const file of reached) for (const next of importsOf(file)) reached.add(next)
  for (const path of globSync("**/*.d.ts", { cwd: dist })) {
    const file = resolve(dist, path)
    if (reached.has(file)) continue
    rmSync(file)
    rmSync(`${file}.map`)
  }
}

const importsOf = (file: string): ReadonlyArray<string> => {
  const code = readFileSync(file, "utf8").replaceAll(/\/\*.*?\*\//gs, "")
  return [...code.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"(\.[^"]+)\.ts"/g)].map(([, path]) =>
    join(dirname(file), `${path}.d.ts`)
  )
}
