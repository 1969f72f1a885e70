import { mkdtempSync, readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { block, code, plain, table } from "../../src/card/markdown.ts"
import { sampleRow } from "../../src/card/sampleRow.ts"
import {
  fromYamlPromise,
  loadFromDiskPromise,
  from,
  LoadDataFromDicts,
  MapRows,
  OpenAILLM,
  Pipeline,
  runPromise,
  TextGeneration,
  UltraFeedback
} from "../../src/index.ts"
import { startHubSimulator, startSimulator } from "../../src/simulator/index.ts"

const folder = (): string => mkdtempSync(join(tmpdir(), "distilabel-card-"))

describe("the card of a run", () => {
  it("tells what it is, how it was made and what it cost, what is in it, how to use it, to make it again and to cite it", async () => {
    await using simulator = await startSimulator()
    await using hub = await startHubSimulator()
    const before = process.env["HF_ENDPOINT"]
    process.env["HF_ENDPOINT"] = hub.url
    try {
      const llm = OpenAILLM({
        model: "gpt-4o-mini",
        apiKey: "sk-test",
        baseUrl: simulator.openaiBaseUrl
      })
      const load = LoadDataFromDicts({
        name: "load",
        data: [
          { instruction: "Name a | river <b>", score: 1 },
          { instruction: "And ``` another", score: 2 }
        ]
      })
      const pipeline = Pipeline(
        "rivers",
        { description: "Questions about <rivers>, answered\nand judged." },
        from(load)
          .to(
            TextGeneration({
              name: "write",
              llm,
              numGenerations: 2,
              groupGenerations: true,
              outputMappings: { generation: "generations" }
            })
          )
          .to(UltraFeedback({ name: "judge", llm }))
      )
      const distiset = await runPromise(pipeline, {
        progress: "none",
        outputDir: folder(),
        cacheDir: folder()
      })
      await distiset.pushToHub("me/rivers", { token: "hf_any" })
      const card = hub.read("me/rivers", "README.md")!.toString()
      for (const expected of [
        "# rivers\n\nQuestions about &lt;rivers&gt;, answered and judged.\n\n2 rows of synthetic data, made with [distilabel-ts]",
        '<img src="pipeline.svg" alt="The pipeline rivers: load, write, judge" width="720">',
        "| step | model | requests | tokens in | tokens out | cost |",
        "| `write` | gpt-4o-mini | ",
        'dataset = load_dataset("me/rivers")',
        'LoadDataFromHub({ name: "load", repoId: "me/rivers" })',
        "| `instruction` | text | `load` (LoadDataFromDicts) |",
        "| `ratings` | list of whole numbers | `judge` (UltraFeedback) |",
        '"instruction": "Name a | river <b>"',
        "npx distilabel-ts run https://huggingface.co/datasets/me/rivers/raw/main/pipeline.yaml",
        "@misc{cui2023ultrafeedback,",
        "size_categories:\n  - n<1K",
        "  - rlaif"
      ])
        expect(card).toContain(expected)
      expect(card).toMatch(/The answers cost about \\\$0\.\d+\./)
      expect(card).not.toMatch(/sk-test|127\.0\.0\.1.*huggingface|--bind/)
      expect(
        (await fromYamlPromise(hub.read("me/rivers", "pipeline.yaml")!.toString())).graph.leaves
      ).toEqual(["judge"])
      expect(hub.read("me/rivers", "pipeline.svg")!.toString()).toContain("<svg")
      expect(hub.read("me/rivers", "pipeline.log")!.toString()).toMatch(
        /started\n.*finished after .* s\nstep load/
      )
    } finally {
      if (before === undefined) delete process.env["HF_ENDPOINT"]
      else process.env["HF_ENDPOINT"] = before
    }
  })

  it("goes with the folder that the rows are saved to, says so where a step is a function, and stays when it is saved again", async () => {
    const load = LoadDataFromDicts({ name: "load", data: [{ a: 1 }] })
    const own = MapRows({
      name: "own",
      inputs: { a: Schema.Number },
      outputs: { b: Schema.Number },
      map: ({ a }) => ({ b: a })
    })
    const distiset = await runPromise(Pipeline("own", {}, from(load).to(own)), {
      progress: "none",
      outputDir: folder(),
      cacheDir: folder()
    })
    const saved = join(folder(), "saved")
    await distiset.saveToDisk(saved)
    const card = readFileSync(join(saved, "README.md"), "utf8")
    expect(card).toContain('<img src="distiset_configs/pipeline.svg"')
    expect(card).toContain("npx distilabel-ts run distiset_configs/pipeline.yaml --bind steps.ts")
    expect(card).not.toContain("load_dataset")
    const again = join(folder(), "again")
    await (await loadFromDiskPromise(saved)).saveToDisk(again, { format: "arrow" })
    expect(
      readFileSync(join(again, "distiset_configs", "README.md"), "utf8")
        .split("---\n")
        .at(-1)
    ).toBe(card.split("---\n").at(-1)!.replaceAll("distiset_configs/", ""))
    expect(readFileSync(join(again, "distiset_configs", "pipeline.yaml"), "utf8")).toBe(
      readFileSync(join(saved, "distiset_configs", "pipeline.yaml"), "utf8")
    )
    const bare = join(folder(), "bare")
    await distiset.saveToDisk(bare, { card: false })
    expect(readFileSync(join(bare, "README.md"), "utf8")).toMatch(/^---\n[^#]*---\n\n$/)
  })
})

describe("what others wrote is no markup on a card", () => {
  it("in text, names, tables and blocks", () => {
    expect(plain("a | <script>\n# *b* [c](d)")).toBe("a \\| &lt;script&gt; \\# \\*b\\* \\[c\\](d)")
    expect([code("a`b|c"), code("`x"), code("")]).toEqual(["``a`b\\|c``", "`` `x ``", "`  `"])
    expect(block("json", "a ```` b\n")).toBe("`````json\na ```` b\n`````")
    expect(table(["a"], [])).toBe("")
  })

  it("and a row is shown in part, whatever is in it", () => {
    const row = {
      long: "x".repeat(2000),
      list: Array.from({ length: 12 }, (_, i) => i),
      big: 2n ** 70n,
      at: new Date(0),
      raw: new Uint8Array(5),
      distilabel_metadata: { secret: 1 }
    }
    const shown = JSON.parse(sampleRow(row)) as Record<string, unknown>
    expect(shown["list"]).toEqual([...Array(10).keys(), "… 2 more"])
    expect(shown["long"]).toMatch(/^x{1200}… \(800 more characters\)$/)
    expect([shown["big"], shown["at"], shown["raw"], "distilabel_metadata" in shown]).toEqual([
      "1180591620717411303424",
      "1970-01-01T00:00:00.000Z",
      "5 bytes",
      false
    ])
  })
})
