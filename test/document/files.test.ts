import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import {
  from,
  fromFilePromise,
  fromJsonPromise,
  fromUrlPromise,
  fromYamlPromise,
  KeepColumns,
  LoadDataFromDicts,
  Pipeline,
  runPromise,
  sampleNSteps,
  savePromise,
  type SaveWarning,
  toJsonPromise,
  toYamlPromise
} from "../../src/index.ts"
import { forgottenSteps } from "../../src/pipeline/Pipeline.ts"
import { handWritten } from "./fixtures.ts"

const folder = mkdtempSync(join(tmpdir(), "distilabel-documents-"))
const pipeline = Pipeline(
  "p",
  { description: "Two rows" },
  from(
    LoadDataFromDicts({
      name: "load",
      data: [
        { a: 1, b: "x" },
        { a: 2, b: "y" }
      ]
    })
  ).to(KeepColumns({ name: "keep", columns: ["a"] }))
)

it("a pipeline is saved by the ending of the file's name, and comes back and runs", async () => {
  for (const name of ["deep/er/p.yaml", "p.yml", "p.json"]) {
    const path = join(folder, name)
    await savePromise(pipeline, path)
    const loaded = await fromFilePromise(path)
    expect(loaded).toMatchObject({ name: "p", description: "Two rows", source: path, missing: [] })
    expect(
      await (
        await runPromise(loaded, { progress: "none", parameters: { load: { batchSize: 1 } } })
      )["default"]!.toArray()
    ).toEqual([{ a: 1 }, { a: 2 }])
  }
  expect(readFileSync(join(folder, "p.json"), "utf8")).toBe(await toJsonPromise(pipeline))
  expect(readFileSync(join(folder, "p.yml"), "utf8")).toBe(await toYamlPromise(pipeline))
  expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([])
})

it("steps of documents are not told as forgotten", async () => {
  const text = await toYamlPromise(pipeline)
  forgottenSteps()
  const loaded = await fromYamlPromise(text)
  expect(forgottenSteps()).toEqual([])
  expect(loaded.name).toBe("p")
})

it("the text is the same every time, in Python's keys and order", async () => {
  const text = await toYamlPromise(pipeline)
  expect(text).toBe(`distilabel:
  version: 1.5.3
pipeline:
  name: p
  description: Two rows
  steps:
    - step:
        name: load
        input_mappings: {}
        output_mappings: {}
        data:
          - a: 1
            b: x
          - a: 2
            b: "y"
        runtime_parameters_info:
          - name: batch_size
            optional: true
        type_info:
          module: distilabel.steps.generators.data
          name: LoadDataFromDicts
      name: load
    - step:
        name: keep
        input_mappings: {}
        output_mappings: {}
        columns:
          - a
        runtime_parameters_info:
          - name: input_batch_size
            optional: true
        type_info:
          module: distilabel.steps.columns.keep
          name: KeepColumns
      name: keep
  connections:
    - from: load
      to:
        - keep
    - from: keep
      to: []
  routing_batch_functions: []
  type_info:
    module: distilabel.pipeline.local
    name: Pipeline
requirements: []
distilabel_ts:
  version: 1
`)
})

describe("names that Python refuses", () => {
  it("are written as it takes them, with a warning, and come back", async () => {
    const load = LoadDataFromDicts({ name: "load", data: [{ a: 1 }], batchSize: 2 })
    const arms = ["gemini-1.5-pro", "gemini-1_5-pro", "größe"].map((name) =>
      KeepColumns({ name, columns: ["a"], inputBatchSize: 2 })
    )
    const dotted = Pipeline("dots", {}, from(load).route(sampleNSteps(2), arms).flows)
    const warnings: Array<SaveWarning> = []
    const text = await toYamlPromise(dotted, { onWarning: (warning) => warnings.push(warning) })
    expect(warnings.map((warning) => warning.step)).toEqual(["gemini-1.5-pro", "größe"])
    for (const [, name] of text.matchAll(/^ {8}name: (.*)$/gm))
      expect(name).toMatch(/^[a-zA-Z0-9_-]+$/)
    expect(text).toContain("name: gemini-1_5-pro_2")
    const loaded = await fromYamlPromise(text)
    expect([...loaded.graph.nodes.keys()]).toEqual([...dotted.graph.nodes.keys()])
    expect(loaded.graph.leaves).toEqual(dotted.graph.leaves)
    expect(loaded.graph.routings[0]!.to).toEqual(["gemini-1.5-pro", "gemini-1_5-pro", "größe"])
    expect(await toYamlPromise(loaded, { onWarning: () => undefined })).toBe(text)
  })

  it("of a document that a person wrote, too", async () => {
    const loaded = await fromYamlPromise(handWritten.replaceAll("generate", "gen.1"))
    const text = await toYamlPromise(loaded, { onWarning: () => undefined })
    expect(text).toContain("from: gen_1")
    expect((await fromYamlPromise(text)).graph.nodes.get("gen.1")!.from).toEqual(["load"])
    expect(await toYamlPromise(await fromYamlPromise(text), { onWarning: () => undefined })).toBe(
      text
    )
  })
})

describe("rows of the program", () => {
  it("are left out if one says so, and asked for then", async () => {
    const text = await toYamlPromise(pipeline, { rows: "leave-out" })
    expect(text).not.toContain("data:")
    await expect(runPromise(await fromYamlPromise(text), { progress: "none" })).rejects.toThrow(
      "Parameter 'data' of step 'load' must be set"
    )
  })

  it("are left out with a warning if they are many or no data", async () => {
    const warnings: Array<SaveWarning> = []
    const onWarning = (warning: SaveWarning): void => void warnings.push(warning)
    const many = Pipeline(
      "many",
      {},
      from(
        LoadDataFromDicts({
          name: "load",
          data: Array.from({ length: 2000 }, (_, i) => ({ i, text: "x".repeat(1000) }))
        })
      )
    )
    const dates = Pipeline(
      "dates",
      {},
      from(LoadDataFromDicts({ name: "load", data: [{ day: new Date(0) }] }))
    )
    expect((await toYamlPromise(many, { onWarning })).length).toBeLessThan(2000)
    expect(await toYamlPromise(dates, { onWarning })).not.toContain("data:")
    expect(warnings.map(({ detail }) => detail)).toEqual([
      expect.stringContaining("its 2,000 rows are more than 1 MB"),
      expect.stringContaining("its rows hold a Date")
    ])
  })

  it("with mappings that Python would make objects of stand where it does not look", async () => {
    const trap = Pipeline(
      "trap",
      {},
      from(
        LoadDataFromDicts({ name: "load", data: [{ type_info: { module: "os", name: "system" } }] })
      )
    )
    const text = await toYamlPromise(trap)
    expect(text).not.toMatch(/^\s*type_info:\s*\n\s*module: os/m)
    expect((await fromYamlPromise(text)).graph.nodes.get("load")!.step.options["data"]).toEqual([
      { type_info: { module: "os", name: "system" } }
    ])
    expect(
      (await fromJsonPromise(await toJsonPromise(trap))).graph.nodes.get("load")!.step.options[
        "data"
      ]
    ).toEqual([{ type_info: { module: "os", name: "system" } }])
  })
})

describe("files that give no document", () => {
  const broken = join(folder, "broken.yaml")
  writeFileSync(broken, "pipeline: {")
  mkdirSync(join(folder, "folder.yaml"))
  it.each([
    [join(folder, "none.yaml"), "there is no such file"],
    [join(folder, "folder.yaml"), "it is a folder"],
    [join(folder, "p.toml"), "its name ends in '.toml'. Documents are .yaml, .yml or .json files."],
    [broken, `${broken}:1:12 This is no YAML`]
  ])("%s", async (path, message) => {
    await expect(fromFilePromise(path)).rejects.toThrow(message)
  })
  it("nor can be written", async () => {
    await expect(savePromise(pipeline, join(folder, "p.txt"))).rejects.toThrow("Cannot write")
    await expect(savePromise(pipeline, join(broken, "p.yaml"))).rejects.toThrow("Cannot write")
  })
})

describe("addresses", () => {
  const serving = async (use: (url: string) => Promise<void>): Promise<void> => {
    const server = createServer((request, response) => {
      const type =
        request.url?.endsWith(".html") === true
          ? "text/html"
          : request.url === "/typed"
            ? "application/json"
            : "text/plain"
      if (request.url === "/none.yaml") response.writeHead(404)
      else if (request.url === "/moved.yaml") response.writeHead(302, { location: "/p.yaml" })
      else response.writeHead(200, { "content-type": type })
      if (request.url === "/endless.yaml") {
        const timer = setInterval(() => response.write("#".repeat(100_000)), 1)
        response.on("close", () => clearInterval(timer))
      } else if (request.url !== "/silent.yaml")
        void (request.url === "/typed" ? toJsonPromise(pipeline) : toYamlPromise(pipeline)).then(
          (text) => response.end(text)
        )
    })
    await new Promise<void>((resolve) => server.listen(0, resolve))
    try {
      await use(`http://localhost:${(server.address() as AddressInfo).port}`)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  }

  it("give documents by their names or types, over redirects", async () => {
    await serving(async (url) => {
      for (const path of ["/p.yaml?download=true", "/typed", "/moved.yaml"])
        expect((await fromUrlPromise(url + path)).name).toBe("p")
      expect((await fromUrlPromise(`${url}/p.yaml?token=secret`)).source).toBe(`${url}/p.yaml`)
    })
  })

  it("that give none say why", async () => {
    await serving(async (url) => {
      await expect(fromUrlPromise(`${url}/none.yaml`)).rejects.toThrow(
        "it answered 404 Not Found. Check the address."
      )
      await expect(fromUrlPromise(`${url}/page.html`)).rejects.toThrow(
        "it is a web page, not a document"
      )
      await expect(
        fromUrlPromise(`${url}/endless.yaml`, { limits: { maxBytes: 1_000_000 } })
      ).rejects.toThrow("more than the 0.954 MB that are allowed")
      await expect(fromUrlPromise(`${url}/silent.yaml`, { timeout: 0.2 })).rejects.toThrow(
        "it did not answer in 0.2 seconds"
      )
    })
    await expect(fromUrlPromise("http://localhost:1/p.yaml")).rejects.toThrow(
      "Cannot fetch 'http://localhost:1/p.yaml'"
    )
    await expect(fromUrlPromise("file:///etc/passwd")).rejects.toThrow(
      "addresses begin with https://, not with 'file:'"
    )
    await expect(fromUrlPromise("pipeline.yaml")).rejects.toThrow("this is no address")
  })
})
