/**
 * The doors of `effect` and of this library, no wider than files that are read need them: behind
 * the names that nobody imports lie hundreds of files, and reading them takes a quarter of the
 * time.
 */
import { ts } from "@ts-morph/common"

/** Packages whose door says only what comes from where, by the name that they are imported by. */
const packages = ["effect", "distilabel-ts"] as const
type Package = (typeof packages)[number]

/** The door itself, and the lists that ours is made of. */
const door =
  /\/node_modules\/(?:effect\/dist\/index|distilabel-ts\/dist\/(?:index|steps\/readySteps|gallery\/readyTasks))\.d\.ts$/

const doorOf = (path: string): Package | undefined =>
  door.test(path) ? packages.find((name) => path.includes(`/node_modules/${name}/`)) : undefined

/** The names that a project's own files import from each package; undefined is all that it has. */
type Wanted = Readonly<Record<Package, ReadonlySet<string> | undefined>>

/** Has a file compiled, and of the doors only what is asked for read. */
export const narrowProgram = (
  path: string,
  options: ts.CompilerOptions,
  host: ts.CompilerHost
): ts.Program => {
  const own = ownFiles(path, options, host)
  const wanted = Object.fromEntries(
    packages.map((name) => [name, namesIn([...own.values()], name)])
  ) as Wanted
  const rootNames = [path]
  const narrow = ts.createProgram({
    rootNames,
    options,
    host: {
      ...host,
      getSourceFile: (file, version) => {
        const door = doorOf(file)
        const names = door === undefined ? undefined : wanted[door]
        const text = names === undefined ? undefined : host.readFile(file)
        return names === undefined || text === undefined
          ? host.getSourceFile(file, version)
          : ts.createSourceFile(file, narrowed(text, names), version)
      }
    }
  })
  return isEnough(narrow, own, wanted) ? narrow : ts.createProgram({ rootNames, options, host })
}

/** The texts of a module and of the files that it imports, directly or not, but for packages. */
const ownFiles = (
  path: string,
  options: ts.CompilerOptions,
  host: ts.CompilerHost
): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  const waiting = [path.replaceAll("\\", "/")]
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    const text = found.has(file) ? undefined : host.readFile(file)
    if (text === undefined) continue
    found.set(file, text)
    for (const { fileName } of ts.preProcessFile(text).importedFiles) {
      const { resolvedModule } = ts.resolveModuleName(fileName, file, options, host)
      if (resolvedModule !== undefined && !isForeign(resolvedModule))
        waiting.push(resolvedModule.resolvedFileName)
    }
  }
  return found
}

const isForeign = ({ extension, isExternalLibraryImport }: ts.ResolvedModuleFull): boolean =>
  isExternalLibraryImport === true || extension === ".json" || extension.startsWith(".d.")

const namedImport = (name: Package): RegExp =>
  new RegExp(`\\b(?:import|export)\\s+(?:type\\s+)?\\{([^{}]*)\\}\\s*from\\s*["']${name}["']`, "g")

/** The names that texts import from a package; undefined where they do it in other ways too. */
const namesIn = (texts: ReadonlyArray<string>, name: Package): ReadonlySet<string> | undefined => {
  const names = new Set<string>()
  for (const text of texts) {
    const imports = [...text.matchAll(namedImport(name))]
    if (imports.length < text.matchAll(new RegExp(`["'\`]${name}["'\`]`, "g")).toArray().length)
      return undefined
    for (const [, list] of imports)
      for (const part of list!.split(",")) {
        const imported = /^(?:type\s+)?([\w$]+)/.exec(withoutComments(part).trim())
        if (imported !== null) names.add(imported[1]!)
      }
  }
  return names
}

const withoutComments = (text: string): string => text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, "")

/** The text of a door without what gives none of the names. */
const narrowed = (text: string, names: ReadonlySet<string>): string =>
  text
    .replaceAll(/\/\*[\s\S]*?\*\//g, "")
    .replaceAll(/^export (?:type )?\{([^{}]*)\} from .*$/gm, (line, list: string) =>
      list.split(",").some((part) => names.has(/([\w$]+)\s*$/.exec(part)?.[1] ?? "")) ? line : ""
    )
    .replaceAll(/^export (?:type )?\* as ([\w$]+) from .*$/gm, (line, name: string) =>
      names.has(name) ? line : ""
    )

/**
 * Whether nothing is missing: where a name is not found, the compiler looks for one like it, and
 * other packages may want other names.
 */
const isEnough = (
  program: ts.Program,
  own: ReadonlyMap<string, string>,
  wanted: Wanted
): boolean => {
  const checker = program.getTypeChecker()
  const files = program.getSourceFiles()
  const has = (door: ts.SourceFile, names: ReadonlySet<string>): boolean => {
    const module = checker.getSymbolAtLocation(door)
    const exported = module === undefined ? [] : checker.getExportsOfModule(module)
    const there = new Set(exported.map((symbol) => symbol.name))
    return [...names].every((name) => there.has(name))
  }
  return packages.every((name) => {
    const names = wanted[name]
    return (
      names === undefined ||
      files.every(
        (file) =>
          (!file.fileName.endsWith(`/${name}/dist/index.d.ts`) || has(file, names)) &&
          (own.has(file.fileName) ||
            file.fileName.includes(`/node_modules/${name}/`) ||
            !mentions(file.text, name))
      )
    )
  })
}

const mentions = (text: string, name: Package): boolean =>
  text.includes(`"${name}"`) || text.includes(`'${name}'`)
