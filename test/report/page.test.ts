import { cpSync, readFileSync, truncateSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import * as Schema from "effect/Schema"
import { beforeAll, describe, expect, it } from "vitest"
import {
  from,
  generatorStep,
  LoadDataFromDicts,
  MapRows,
  Pipeline,
  runPromise
} from "../../src/index.ts"
import { hasBrowser, openPage } from "./browser.ts"
import { awkwardRun, evil, folder } from "./runs.ts"

const report = (directory: string, hash = ""): string =>
  `${pathToFileURL(join(directory, "report.html")).href}${hash}`

let awkward: string
beforeAll(async () => {
  if (hasBrowser) awkward = await awkwardRun(70)
})

describe.runIf(hasBrowser)("the page of a report, opened from disk", () => {
  it("tells what the run did, asks nobody for anything and breaks no policy of its own", async () => {
    const { complaints, page, requests } = await openPage(report(awkward))
    await expect.poll(() => page.locator("h1").textContent()).toBe("awkward")
    expect(await page.locator(".summary > div").allInnerTexts()).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Rows\s+67\s+from 70 source rows$/),
        expect.stringMatching(/^Errors\s+3\s/)
      ])
    )
    expect(
      (await page.locator(".steps tbody tr").allInnerTexts()).map((text) =>
        text.split(/\s+/).slice(0, 7).join(" ")
      )
    ).toEqual(
      [
        "load LoadDataFromDicts 70",
        "answer TextGeneration · writer 70 69 1",
        "grade Task · judge 69 67 2"
      ].map((text) => expect.stringMatching(new RegExp(`^${text}`)))
    )
    await expect
      .poll(() =>
        page
          .locator(".graph img")
          .evaluate((img: { readonly naturalWidth: number }) => img.naturalWidth)
      )
      .toBeGreaterThan(100)
    expect(await page.locator(".bars.bad li").allInnerTexts()).toEqual([
      expect.stringMatching(/ParseFailed\s+grade\s+2/),
      expect.stringMatching(/Refused\s+answer\s+1/)
    ])
    expect(complaints).toEqual([])
    expect(requests).toEqual([])
    await page.close()
  })

  it("profiles the rows: columns with charts, and the rows behind a label", async () => {
    const { complaints, page } = await openPage(report(awkward, "#profile"))
    await page.locator(".columns figure").first().waitFor()
    expect(await page.locator(".summary > div").allInnerTexts()).toEqual([
      expect.stringMatching(/^Rows looked at\s+67\s+all of them$/),
      expect.stringMatching(/^Duplicates\s+0\s/),
      expect.stringMatching(/^Nulls\s+\d+\s/)
    ])
    const card = (name: string) =>
      page
        .locator(".columns figure")
        .filter({ has: page.getByRole("heading", { name, exact: true }) })
    expect(await card("score").innerText()).toMatch(/values\s+\d+\s+null\s+1\d \(2\d %\)/)
    expect(await card("score").locator("rect.bar").count()).toBeGreaterThan(5)
    expect(await card("turns").innerText()).toMatch(/chat/)
    await card("model_name")
      .getByRole("button", { name: "writer" })
      .or(card("model_name").getByRole("button"))
      .first()
      .click()
    await expect.poll(() => page.locator(".status").innerText()).toMatch(/67 rows/)
    expect(page.url()).toMatch(/#rows\/default$/)
    await page.goBack()
    await page.locator(".columns figure").first().waitFor()
    expect(complaints).toEqual([])
    await page.close()
  })

  it("shows texts that look like parts of a page as texts", async () => {
    const { complaints, page } = await openPage(report(awkward, "#rows/default/2"))
    await page.locator(".detail .field").first().waitFor()
    expect(await page.locator(".detail .field .text").first().textContent()).toBe(evil)
    await page.getByRole("button", { name: "Lineage" }).click()
    await page.locator(".lineage .message").first().waitFor()
    await page.getByRole("button", { name: "JSON", exact: true }).click()
    expect(await page.title()).toBe("awkward · distilabel-ts")
    // The only scripts are the data and the page's own.
    expect(await page.locator("script").count()).toBe(2)
    expect(await page.locator("main img").count()).toBe(0)
    await page.goto(report(awkward, "#rows/default/5"))
    await page.getByRole("button", { name: "Columns" }).click()
    await page.locator(".detail .markdown table").first().waitFor()
    expect(await page.locator(".detail .markdown a").count()).toBe(0)
    expect(await page.locator(".detail .markdown").first().innerText()).toContain(
      "<b>no HTML</b> and [image: a picture]"
    )
    expect(complaints).toEqual([])
    await page.close()
  })

  it("goes by keys alone: search, rows, a row and back", async () => {
    const { page } = await openPage(report(awkward, "#rows/default"))
    await page.locator(".data tbody tr").first().waitFor()
    await page.keyboard.press("/")
    await page.keyboard.type("times 7")
    await expect.poll(() => page.locator(".status").innerText()).toMatch(/^62 rows found/)
    await page.locator(".data tbody tr").first().focus()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect.poll(() => page.locator(".detail h2").innerText()).toBe("Row 8")
    expect(
      await page
        .locator(".detail")
        .evaluate(
          (panel: {
            contains: (other: unknown) => boolean
            ownerDocument: { activeElement: unknown }
          }) => panel.contains(panel.ownerDocument.activeElement)
        )
    ).toBe(true)
    await page.keyboard.press("ArrowRight")
    await expect.poll(() => page.locator(".detail h2").innerText()).toBe("Row 9")
    expect(page.url()).toMatch(/#rows\/default\/9$/)
    await page.keyboard.press("Escape")
    await expect.poll(() => page.locator(".detail").count()).toBe(0)
    expect(await page.locator("tr[aria-selected=true] th").innerText()).toBe("9")
    await page.keyboard.press("PageDown")
    await expect.poll(() => page.locator(".data tbody tr").count()).toBe(12)
    await page.close()
  })

  it("puts error rows first: by reason, with the model's raw answer, and the way to where they failed", async () => {
    const { page } = await openPage(report(awkward))
    await page.getByRole("button", { name: "ParseFailed" }).click()
    await expect.poll(() => page.locator(".data tbody tr").count()).toBe(2)
    await page.locator(".data tbody tr").first().click()
    expect(await page.locator(".failure").innerText()).toMatch(
      /ParseFailed at grade\s+the answer is no number\s+at parse \(test\/report\/runs\.ts:\d+:\d+\)\s+The model's answer, as it came\s+I would rather not say\./
    )
    await page.getByRole("button", { name: "Lineage" }).click()
    await expect
      .poll(() => page.locator(".lineage > li > header").allInnerTexts())
      .toEqual([
        expect.stringContaining("load"),
        expect.stringContaining("answer"),
        expect.stringContaining("grade")
      ])
    expect(await page.locator(".lineage .message.question").first().innerText()).toContain(
      "Question 7: what is 7 times 7?"
    )
    await page.close()
  })

  it("tells which attempt gave an answer, and what became of those before", async () => {
    const { page } = await openPage(report(awkward, "#rows/default/7"))
    await page.getByRole("button", { name: "Lineage" }).click()
    await expect
      .poll(() => page.locator(".lineage > li > header h3").allInnerTexts())
      .toEqual(["load", "answer", "grade"])
    expect(await page.locator(".attempts").allInnerTexts()).toEqual([
      "Attempt 3 · before it ServerError × 2"
    ])
    await page.keyboard.press("ArrowRight")
    await expect
      .poll(async () =>
        (await page.locator(".attempts").allInnerTexts()).map((text) =>
          text.split("\n").filter((line) => line !== "")
        )
      )
      .toEqual([["Attempt 2", "Answer 1 could not be read: the answer is no number"]])
    await page.close()
  })

  it("filters by column", async () => {
    const { page } = await openPage(report(awkward, "#rows/default"))
    await page.getByRole("button", { name: "Filter by column" }).click()
    await page.getByLabel("Column").selectOption("score")
    await page.getByLabel("Comparison").selectOption("above")
    await page.getByLabel("Value").fill("90")
    await page.getByRole("button", { name: "Add" }).click()
    await expect.poll(() => page.locator(".status").innerText()).toMatch(/^7 rows found/)
    await page.getByRole("button", { name: "Remove the filter on score" }).click()
    await expect.poll(() => page.locator(".status").innerText()).toMatch(/^67 rows/)
    await page.close()
  })

  it("fits a narrow screen, light and dark: nothing is wider than the page", async () => {
    for (const [hash, dark] of [
      ["#overview", false],
      ["#rows/default", true],
      ["#rows/default/1", false],
      ["#errors/default/1", true]
    ] as const) {
      const { page } = await openPage(report(awkward, hash), { width: 360, height: 740, dark })
      await page
        .locator(hash === "#overview" ? ".steps" : ".data tbody tr")
        .first()
        .waitFor()
      const wide = await page
        .locator("html")
        .evaluate((root: { readonly scrollWidth: number }) => root.scrollWidth)
      expect([hash, wide]).toEqual([hash, 360])
      await page.close()
    }
  })
})

describe.runIf(hasBrowser)("a report of other runs", () => {
  const run = async (rows: ReadonlyArray<Readonly<Record<string, unknown>>>, map?: () => never) => {
    const outputDir = folder()
    const load = from(
      LoadDataFromDicts({ name: "load", data: rows as ReadonlyArray<{ readonly n: number }> })
    )
    const own = MapRows({
      name: "own",
      inputs: { n: Schema.Number },
      outputs: { m: Schema.Number },
      map: map ?? (({ n }) => ({ m: n }))
    })
    await runPromise(Pipeline("other", {}, load.to(own)), { outputDir, progress: "none" })
    return outputDir
  }

  it("says so where there are no rows, and where all have failed", async () => {
    const none = await openPage(report(await run([]), "#rows/default"))
    expect(await none.page.locator(".empty").innerText()).toBe("There are no rows.")
    await none.page.close()
    const failed = await openPage(
      report(
        await run([{ n: 1 }, { n: 2 }], () => {
          throw new Error("never")
        }),
        "#rows/default"
      )
    )
    expect(await failed.page.locator(".empty").innerText()).toBe("There are no rows.")
    await failed.page.getByRole("link", { name: /Errors\s*2/ }).click()
    await expect.poll(() => failed.page.locator(".data tbody tr").count()).toBe(2)
    expect([...none.complaints, ...failed.complaints]).toEqual([])
    await failed.page.close()
  })

  it("shows 500 columns and a text of two megabytes", async () => {
    const wide = Object.fromEntries(
      Array.from({ length: 500 }, (_, i) => [`column_${i}`, `value ${i}`])
    )
    const { complaints, page } = await openPage(
      report(
        await run([{ n: 1, ...wide, text: "word ".repeat(400_000) }, { n: 2 }]),
        "#rows/default/1"
      )
    )
    await page.locator(".detail .field").nth(500).waitFor()
    expect(await page.locator(".data thead th").count()).toBeGreaterThan(500)
    await page.getByPlaceholder(/Find one of 503 columns/).fill("text")
    await expect.poll(() => page.locator(".detail .field").count()).toBe(1)
    expect((await page.locator(".detail .text").textContent())!.length).toBe(20_000)
    await page.getByRole("button", { name: "Show more of the 2,000,000 characters" }).click()
    await expect
      .poll(async () => (await page.locator(".detail .text").textContent())!.length)
      .toBe(200_000)
    expect(complaints).toEqual([])
    await page.close()
  })

  it("holds the first rows only, and reads all from the file that its reader chooses", async () => {
    const outputDir = folder()
    const numbers = generatorStep({
      name: "numbers",
      outputs: { n: Schema.Number, text: Schema.String },
      *process() {
        for (let n = 0; n < 100_000; n++) yield { n, text: `This is row ${n}.` }
      }
    })
    await runPromise(Pipeline("many", {}, from(numbers)), { outputDir, progress: "none" })
    expect(readFileSync(join(outputDir, "report.html")).length).toBeLessThan(500_000)
    const { complaints, page } = await openPage(report(outputDir, "#rows/default"))
    expect(await page.locator(".chooser").innerText()).toMatch(
      /^This page holds the first 300 rows of 100,000\./
    )
    await page.locator(".chooser input").setInputFiles(join(outputDir, "default.jsonl"))
    await expect.poll(() => page.locator(".status").innerText()).toMatch(/^100,000 rows/)
    await page.getByRole("spinbutton").fill("1999")
    await page.getByRole("spinbutton").press("Enter")
    await expect
      .poll(() => page.locator(".data tbody tr").first().innerText())
      .toMatch(/^99,901\s+99900\s/)
    await page.locator("#search").fill("row 98765.")
    await expect.poll(() => page.locator(".status").innerText()).toMatch(/^1 row found/)
    expect(await page.locator(".data tbody tr").first().innerText()).toMatch(/^98,766\s+98765/)
    expect(complaints).toEqual([])
    await page.close()
  })

  it("shows no error rows of a run before, and the rows of a run that is not done rather than those of one that was", async () => {
    const directory = folder()
    const pipeline = (name: string, fails: boolean) =>
      Pipeline(
        "again",
        {},
        from(LoadDataFromDicts({ name: "load", data: [{ n: 1 }, { n: 2 }] })).to(
          MapRows({
            name,
            inputs: { n: Schema.Number },
            outputs: { by: Schema.String },
            map: ({ n }) => {
              if (fails && n === 1) throw new Error("never")
              return { by: name }
            }
          })
        )
      )
    const settings = { outputDir: directory, progress: "none" as const }
    await runPromise(pipeline("first", true), settings)
    await runPromise(pipeline("second", false), settings)
    const { page } = await openPage(report(directory))
    expect(await page.getByRole("link", { name: /Errors/ }).innerText()).toMatch(/Errors\s*0/)
    await page.close()
    await expect(runPromise(pipeline("third", false), { ...settings, maxRows: 1 })).rejects.toThrow(
      "maxRows"
    )
    const stopped = await openPage(report(directory, "#rows/default"))
    await expect
      .poll(() => stopped.page.locator(".data tbody").innerText())
      .toMatch(/^1\s+1\s+third$/)
    expect(await stopped.page.locator(".state").innerText()).toBe("Stopped")
    await stopped.page.close()
  })

  it("shows what is there of a file that ends in the middle of a row", async () => {
    const directory = folder()
    cpSync(awkward, directory, { recursive: true })
    truncateSync(join(directory, "default.jsonl"), 3000)
    writeFileSync(join(directory, "default.errors.jsonl"), "")
    const { writeReport } = await import("../../src/report/write/writeReport.ts")
    const { readFigures } = await import("../../src/report/figures/RunFigures.ts")
    const { awkwardPipeline } = await import("./runs.ts")
    await writeReport(directory, awkwardPipeline(), readFigures(directory)!)
    const { complaints, page } = await openPage(report(directory, "#rows/default"))
    await page.locator(".data tbody tr").first().waitFor()
    expect(complaints).toEqual([])
    await page.close()
  })
})
