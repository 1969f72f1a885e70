/**
 * Patterns of file names as Python's `load_dataset` understands them: `**` between slashes is any
 * folders, `*` and `?` stay within a name, `[…]` is one of some characters.
 */

const special = /[.+^${}()|\\\]]/g

const segment = (pattern: string): string =>
  pattern.replace(/\[!?\]?[^\]]*\]|\*|\?|[.+^${}()|\\\]]/g, (part) => {
    if (part === "*") return "[^/]*"
    if (part === "?") return "[^/]"
    if (part.length > 1) return part.replace(/^\[!/, "[^").replaceAll("\\", "\\\\")
    return part.replace(special, "\\$&")
  })

const expression = (pattern: string): RegExp => {
  const segments = pattern.split("/")
  const parts = segments.map((name, i) => {
    const last = i === segments.length - 1
    if (name === "**") return last ? ".*" : "(?:[^/]+/)*"
    return segment(name) + (last ? "" : "/")
  })
  return new RegExp(`^${parts.join("")}$`, "u")
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1)
const hiddenParts = (path: string): number =>
  path.split("/").filter((part) => part.startsWith(".") && part !== "." && part !== "..").length
const specialFolders = (path: string): number =>
  path
    .split("/")
    .slice(0, -1)
    .filter((part) => part.startsWith("__")).length

/**
 * The files that a pattern means, in the order of their names. Hidden ones, and those that never
 * hold rows, must be named.
 */
export const matching = (
  pattern: string,
  files: ReadonlyArray<string>,
  never: ReadonlySet<string>
): ReadonlyArray<string> => {
  const plain = pattern.replace(/^\.\//, "")
  const fits = expression(plain)
  return files
    .filter(
      (file) =>
        fits.test(file) &&
        (!never.has(nameOf(file)) || nameOf(file) === nameOf(plain)) &&
        hiddenParts(file) === hiddenParts(plain) &&
        specialFolders(file) === specialFolders(plain)
    )
    .sort()
}
