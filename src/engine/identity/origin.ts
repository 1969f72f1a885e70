/** Origins: where code comes from, by the address of its script. */
import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

/**
 * A package counts as its version, Node's own code as what is known of it, and all else is read.
 * `isOwn`: this library, and effect, which it is made of.
 */
export type CodeOrigin =
  | { readonly from: "node"; readonly module: string }
  | { readonly from: "package"; readonly name: string; readonly isOwn: boolean }
  | { readonly from: "project" }

/** Where this library's own code is. */
const own = fileURLToPath(new URL("../../", import.meta.url))

export const originOf = (url: string): CodeOrigin => {
  if (url.startsWith("node:"))
    return { from: "node", module: url.replace(/^node:internal\//, "node:") }
  const file = url.startsWith("file:") ? fileURLToPath(url) : url
  const isOwn = file.startsWith(own) || /[\\/]node_modules[\\/]@?effect[\\/]/.test(file)
  const name = isOwn || /[\\/]node_modules[\\/]/.test(file) ? packageOf(dirname(file)) : undefined
  return name === undefined ? { from: "project" } : { from: "package", name, isOwn }
}

/** This library, with its version. */
export const ownPackage = (): string => packageOf(own) ?? ""

const packages = new Map<string, string | undefined>()

/** The package that a folder belongs to: `name@version`. */
export const packageOf = (folder: string): string | undefined => {
  if (!packages.has(folder))
    packages.set(
      folder,
      describedIn(folder) ?? (dirname(folder) === folder ? undefined : packageOf(dirname(folder)))
    )
  return packages.get(folder)
}

const describedIn = (folder: string): string | undefined => {
  try {
    const { name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
      readonly name?: string
      readonly version?: string
    }
    return name === undefined || version === undefined ? undefined : `${name}@${version}`
  } catch {
    return undefined
  }
}
