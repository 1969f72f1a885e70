/** The licences of packages whose code is within `dist/`, as they want it. */
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"

export const bundledLicenses = (packages: ReadonlyArray<string>): string =>
  packages
    .map((name) => {
      const folder = join("node_modules", name)
      const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
        readonly version: string
      }
      const [file] = globSync("LICEN[CS]E*", { cwd: folder })
      if (file === undefined) throw new Error(`${name} has no licence that could go with it.`)
      return `${name} ${version}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`
    })
    .join(`\n${"-".repeat(80)}\n\n`)
