import { readFileSync } from "node:fs"
import { Project, type SourceFile } from "ts-morph"
import { expect, it } from "vitest"
import { withRoomsTable } from "../scripts/roomsTable.ts"
import { rooms } from "./rooms.ts"

const project = new Project({
  skipAddingFilesFromTsConfig: true,
  compilerOptions: { allowImportingTsExtensions: true, module: 199, moduleResolution: 99 }
})
project.addSourceFilesAtPaths(process.env["ARCHITECTURE_SOURCES"] ?? "src/**/*.{ts,tsx}")
const files = project.getSourceFiles()

const pathOf = (file: SourceFile): string => file.getFilePath().split("/src/").at(-1)!
const roomOf = (file: SourceFile): string => pathOf(file).split("/")[0]!
/** The folder within its room; empty for a room's own files. */
const wingOf = (file: SourceFile): string => pathOf(file).split("/").slice(1, -1).join("/")
/** Files that a file names: types count too, and so does a lazy import. */
const importsOf = (file: SourceFile): ReadonlyArray<SourceFile> =>
  file.getReferencedSourceFiles().filter((target) => files.includes(target))

const inRooms = files.filter((file) => pathOf(file) !== "index.ts")
const imports = inRooms.flatMap((file) => importsOf(file).map((target) => ({ file, target })))
const named = (names: ReadonlyArray<string>): string => names.join(", ") || "nothing"

it("every folder of src is a room of the table, every folder of a room one of its wings", () => {
  expect(inRooms.length).toBeGreaterThan(0)
  const folders = new Set(
    inRooms.map((file) => [roomOf(file), wingOf(file)].filter((part) => part !== "").join("/"))
  )
  const planned = Object.entries(rooms).flatMap(([room, { wings = {} }]) => [
    room,
    ...Object.keys(wings).map((wing) => `${room}/${wing}`)
  ])
  expect([...folders].filter((folder) => !planned.includes(folder))).toEqual([])
})

it("every room imports only the rooms it may", () => {
  const wrong = imports
    .filter(({ file, target }) => roomOf(target) !== roomOf(file))
    .flatMap(({ file, target }) => {
      const may = rooms[roomOf(file)]?.imports ?? []
      if (may === "all" || may.includes(roomOf(target))) return []
      return `${roomOf(file)} may not import ${roomOf(target)}: ${pathOf(file)} → ${pathOf(target)}. It may import: ${named(may)}`
    })
  expect(wrong).toEqual([])
})

it("every wing imports only the wings of its room that it may", () => {
  const wrong = imports
    .filter(
      ({ file, target }) => roomOf(target) === roomOf(file) && wingOf(target) !== wingOf(file)
    )
    .filter(({ file }) => wingOf(file) !== "")
    .flatMap(({ file, target }) => {
      const may = rooms[roomOf(file)]?.wings?.[wingOf(file)]?.imports ?? []
      if (may.includes(wingOf(target))) return []
      return `${roomOf(file)}/${wingOf(file)} may not import ${wingOf(target) || "the room's own files"}: ${pathOf(file)} → ${pathOf(target)}. It may import: ${named(may)}`
    })
  expect(wrong).toEqual([])
})

it("the engine reaches no step, task, document, card or report, however far its imports go", () => {
  const outside = /^(steps|tasks|document|catalog|card|picture|report|run|cli)\//
  const reached = new Map<SourceFile, SourceFile | undefined>(
    files.filter((file) => roomOf(file) === "engine").map((file) => [file, undefined])
  )
  expect(reached.size).toBeGreaterThan(0)
  // Grows while it is gone through.
  for (const file of reached.keys())
    for (const target of importsOf(file)) if (!reached.has(target)) reached.set(target, file)
  const wrong = [...reached].flatMap(([file, by]) =>
    outside.test(pathOf(file)) ? [`${pathOf(by!)} → ${pathOf(file)}`] : []
  )
  expect(wrong).toEqual([])
})

it('import "distilabel-ts" loads none of effect\'s modules that few programs need', () => {
  const reached = new Set(files.filter((file) => pathOf(file) === "index.ts"))
  const loaded = new Set<string>()
  // Grows while it is gone through; imports of types and lazy ones load nothing.
  for (const file of reached)
    for (const declaration of [...file.getImportDeclarations(), ...file.getExportDeclarations()]) {
      if (declaration.isTypeOnly()) continue
      const target = declaration.getModuleSpecifierSourceFile()
      if (target !== undefined && files.includes(target)) reached.add(target)
      else loaded.add(declaration.getModuleSpecifierValue() ?? "")
    }
  expect(loaded).toContain("effect/Effect")
  const heavy =
    /^effect(\/(Stream|Channel|Sink|Logger|FileSystem|PlatformError|Metric|ManagedRuntime|[a-z].*))?$/
  expect([...loaded].filter((name) => heavy.test(name))).toEqual([])
})

it("the table lets no rooms and no wings import each other, and names none that is not there", () => {
  const tables = [
    Object.fromEntries(
      Object.entries(rooms).map(([room, { imports: may }]) => [room, may === "all" ? [] : may])
    ),
    ...Object.values(rooms).map(({ wings = {} }) =>
      Object.fromEntries(Object.entries(wings).map(([wing, { imports: may }]) => [wing, may]))
    )
  ]
  // Data flows down: whatever is imported stands above.
  const wrong = tables.flatMap((table) => {
    const order = Object.keys(table)
    return order.flatMap((name, at) =>
      table[name]!.filter((other) => !order.slice(0, at).includes(other)).map(
        (other) => `${name} → ${other}`
      )
    )
  })
  expect(wrong).toEqual([])
})

it("CONTRIBUTING.md shows the table as it is", () => {
  const text = readFileSync("CONTRIBUTING.md", "utf8")
  expect(text, "Run npm run docs.").toBe(withRoomsTable(text))
})

it("no files import each other in a circle", () => {
  const done = new Set<SourceFile>()
  const circles: Array<string> = []
  const visit = (file: SourceFile, path: ReadonlyArray<SourceFile>): void => {
    const start = path.indexOf(file)
    if (start >= 0) circles.push([...path.slice(start), file].map(pathOf).join(" → "))
    if (start >= 0 || done.has(file)) return
    for (const target of importsOf(file)) visit(target, [...path, file])
    done.add(file)
  }
  for (const file of files) visit(file, [])
  expect(circles).toEqual([])
})

it("no file is long enough to tell two stories, and none is called after what it is not", () => {
  const codeLines = (file: SourceFile): number =>
    file
      .getFullText()
      .split("\n")
      .filter((line) => !/^\s*(\/\/|\/?\*|$)/.test(line)).length
  expect(files.filter((file) => codeLines(file) > 350).map(pathOf)).toEqual([])
  expect(
    files.map(pathOf).filter((path) => /(utils?|common|base|helpers?|manager)\.ts$/i.test(path))
  ).toEqual([])
})

it("every file opens with what it is, before its imports", () => {
  const opens = (file: SourceFile): boolean => /^(#!.*\n)?\/[/*]/.test(file.getFullText())
  expect(files.filter((file) => !opens(file)).map(pathOf)).toEqual([])
})
