import { Project, type SourceFile } from "ts-morph"
import { expect, it } from "vitest"

/** The rooms of src/, and what each may import. Read it top to bottom: that is how data flows. */
const rooms: Readonly<Record<string, ReadonlyArray<string>>> = {
  columns: [],
  disk: [],
  secrets: [],
  step: ["columns"],
  pipeline: ["columns", "step"],
  picture: ["columns", "step", "pipeline"],
  document: ["columns", "secrets", "step", "pipeline"],
  llms: ["columns", "secrets"],
  journal: ["disk"],
  data: ["columns", "disk", "secrets"],
  report: ["columns", "disk", "step", "pipeline", "picture", "data"],
  steps: ["columns", "step", "data"],
  tasks: ["columns", "step", "llms"],
  catalog: ["columns", "secrets", "step", "pipeline", "document", "llms", "data", "steps", "tasks"],
  card: ["columns", "pipeline", "picture", "catalog", "data", "report"],
  engine: ["columns", "disk", "secrets", "step", "pipeline", "llms", "data", "journal", "report", "card"],
  codegen: ["columns", "secrets", "step", "pipeline", "document", "catalog", "data"],
  simulator: ["columns", "data"],
  cli: ["columns", "disk", "secrets", "step", "pipeline", "picture", "document", "catalog", "llms", "journal", "data", "report", "steps", "tasks", "engine", "codegen", "simulator"]
}

const project = new Project({ skipAddingFilesFromTsConfig: true, compilerOptions: { allowImportingTsExtensions: true, module: 199, moduleResolution: 99 } })
project.addSourceFilesAtPaths(process.env["ARCHITECTURE_SOURCES"] ?? "src/**/*.{ts,tsx}")
const files = project.getSourceFiles()

const pathOf = (file: SourceFile): string => file.getFilePath().split("/src/").at(-1)!
const roomOf = (file: SourceFile): string => pathOf(file).split("/")[0]!
/** Files that a file names: types count too, and so does a lazy import. */
const importsOf = (file: SourceFile): ReadonlyArray<SourceFile> => file.getReferencedSourceFiles().filter((target) => files.includes(target))

it("every room imports only the rooms it may", () => {
  const inRooms = files.filter((file) => pathOf(file) !== "index.ts")
  expect(inRooms.length).toBeGreaterThan(0)
  const wrong = inRooms.flatMap((file) =>
    importsOf(file).filter((target) => roomOf(target) !== roomOf(file) && rooms[roomOf(file)]?.includes(roomOf(target)) !== true)
      .map((target) => `${roomOf(file)} may not import ${roomOf(target)}: ${pathOf(file)} → ${pathOf(target)}. It may import: ${rooms[roomOf(file)]?.join(", ") || "nothing"}`)
  )
  expect(wrong).toEqual([])
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
  const long = files.filter((file) => file.getFullText().split("\n").filter((line) => !/^\s*(\/\/|\/?\*|$)/.test(line)).length > 350)
  expect(long.map(pathOf)).toEqual([])
  expect(files.map(pathOf).filter((path) => /(utils?|common|base|helpers?|manager)\.ts$/i.test(path))).toEqual([])
})
