/** Origins: where code comes from, by the address of its script. */
import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

/**
 * This library and effect count as their versions, and Node's own code as what is known of it. All other code is read, that of installed packages too:
 * whether a package reads the time or keeps something in mind, its version does not say.
 */
export type CodeOrigin =
  | { readonly from: "node"; readonly module: string }
  | { readonly from: "package"; readonly name: string }
  | { readonly from: "project"; readonly file: string | undefined }

/** Where this library's own code is. */
const own = fileURLToPath(new URL("../../", import.meta.url))

export const originOf = (url: string): CodeOrigin => {
  if (url.startsWith("node:")) return { from: "node", module: url.replace(/^node:internal\//, "node:") }
  const file = url.startsWith("file:") ? fileURLToPath(url) : url.startsWith("/") ? url : undefined
  if (file === undefined) return { from: "project", file }
  const name = file.startsWith(own) || /[\\/]node_modules[\\/](?:effect|@effect)[\\/]/.test(file) ? packageOf(dirname(file)) : undefined
  return name === undefined ? { from: "project", file } : { from: "package", name }
}

/** This library, with its version. */
export const ownPackage = (): string => packageOf(own) ?? ""

const packages = new Map<string, string | undefined>()

/** The package that a folder belongs to: `name@version`. */
export const packageOf = (folder: string): string | undefined => {
  if (!packages.has(folder)) packages.set(folder, describedIn(folder) ?? (dirname(folder) === folder ? undefined : packageOf(dirname(folder))))
  return packages.get(folder)
}

const describedIn = (folder: string): string | undefined => {
  try {
    const { name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { readonly name?: string; readonly version?: string }
    return name === undefined || version === undefined ? undefined : `${name}@${version}`
  } catch {
    return undefined
  }
}
