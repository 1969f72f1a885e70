import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Schema from "effect/Schema"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { formatOf, openRowFile } from "../../src/data/files/FileFormat.ts"
import { localFile } from "../../src/data/rows/ByteSource.ts"
import type { TextOptions } from "../../src/data/rows/TextOptions.ts"
import {
  from,
  fromYamlPromise,
  LoadDataFromDisk,
  LoadDataFromFileSystem,
  Pipeline,
  type Row,
  runPromise,
  toYamlPromise
} from "../../src/index.ts"
import { rowsOf } from "../engine/rows.ts"

const folder = mkdtempSync(join(tmpdir(), "distilabel-text-"))
const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name)
  mkdirSync(join(path, ".."), { recursive: true })
  writeFileSync(path, content)
  return path
}
const read = async (
  name: string,
  content: string | Uint8Array,
  text: TextOptions = {}
): Promise<ReadonlyArray<Row>> => {
  const path = file(name, content)
  const opened = await openRowFile(localFile(path), { ...formatOf(path), text })
  return (await Array.fromAsync(opened.chunks())).flat()
}
const message = (
  name: string,
  content: string | Uint8Array,
  text: TextOptions = {}
): Promise<string> =>
  read(name, content, text).then(
    () => "no error",
    (thrown: Error) => thrown.message
  )
type Options = Omit<Parameters<typeof LoadDataFromFileSystem>[0], "name">
const loaded = async (
  options: Options
): Promise<{ readonly rows: ReadonlyArray<Row>; readonly errors: ReadonlyArray<Row> }> =>
  (
    await rowsOf(
      Pipeline(
        "p",
        {},
        from(LoadDataFromFileSystem({ name: "load", ...options } as never) as never)
      )
    )
  )["default"]!

describe("numbers of text files", () => {
  it("beyond 2^53 are their digits, at any depth, or big integers where they are declared so", async () => {
    const json =
      '{"id":1234567890123456789,"deep":[{"id":-9007199254740993}],"safe":9007199254740991,"float":1.5e300,"text":"1234567890123456789"}'
    const row = {
      id: "1234567890123456789",
      deep: [{ id: "-9007199254740993" }],
      safe: 9_007_199_254_740_991,
      float: 1.5e300,
      text: "1234567890123456789"
    }
    expect(await read("ids.jsonl", json)).toEqual([row])
    expect(await read("ids.json", `[${json}]`)).toEqual([row])
    const dataFiles = [
      file("typed.jsonl", '{"id":1234567890123456789}\n{"id":5}'),
      file("typed.csv", "id\n1234567890123456789\n5\n")
    ]
    for (const path of dataFiles) {
      expect((await loaded({ dataFiles: path, columns: { id: Schema.BigInt } })).rows).toEqual([
        { id: 1_234_567_890_123_456_789n },
        { id: 5n }
      ])
      expect(
        (
          await loaded({
            dataFiles: path,
            columns: { id: Schema.Union([Schema.Number, Schema.BigInt]) }
          })
        ).rows
      ).toEqual([{ id: 1_234_567_890_123_456_789n }, { id: 5 }])
    }
  })

  it("beyond 2^53 are not rounded where a number is declared: the row is refused", async () => {
    for (const [name, content] of [
      ["late.jsonl", '{"id":5}\n{"id":1234567890123456789}\n'],
      ["late.csv", "id\n5\n1234567890123456789\n"]
    ] as const) {
      const { errors, rows } = await loaded({
        dataFiles: file(name, content),
        columns: { id: Schema.Number }
      })
      expect(rows).toEqual([{ id: 5 }])
      expect(errors.map(({ detail }) => detail)).toEqual([
        "column 'id' is \"1234567890123456789\", not number."
      ])
    }
  })

  it("may be NaN and Infinity, as Python writes them, and are null then; texts that say so stay", async () => {
    expect(
      await read("nan.jsonl", '{"a":NaN,"b":[-Infinity,Infinity,1],"c":"NaN \\" NaN"}\n')
    ).toEqual([{ a: null, b: [null, null, 1], c: 'NaN " NaN' }])
    expect(await read("nan.json", '[{"a": NaN}]')).toEqual([{ a: null }])
    expect(await message("word.jsonl", '{"a":NaNs}\n')).toMatch(/line 1: it is no JSON/)
  })
})

describe("encodings", () => {
  it("other than UTF-8 are refused with line and byte in every text format", async () => {
    const latin = (text: string): Buffer => Buffer.from(text, "latin1")
    expect(await message("l.csv", latin("a,b\nx,1\ncaf\xe9,1\n"))).toMatch(
      /l\.csv', line 3: byte 4 of the line \(0xe9\) is not UTF-8\. Set encoding/
    )
    expect(await message("l.tsv", latin("a\tb\nx\t\xe9\n"))).toMatch(
      /line 2: byte 3 of the line \(0xe9\)/
    )
    expect(await message("l.txt", latin("one\ntwo \xfc\n"))).toMatch(
      /line 2: byte 5 of the line \(0xfc\)/
    )
    expect(await message("l.json", latin('[\n{"a":"\xe9"}]'))).toMatch(/line 2: byte 7 of the line/)
    expect(await message("l.jsonl", latin('{"a":1}\n{"a":"\xe9"}\n'))).toMatch(
      /line 2: byte 7 of the line/
    )
    expect(
      await message("end.csv", Buffer.concat([Buffer.from("a\nü"), Buffer.from([0xc3])]))
    ).toMatch(/line 2: byte 3 of the line \(0xc3\)/)
    expect(await message("l16.csv", Buffer.from("\uFEFFa,b\n", "utf16le"))).toMatch(
      /seems to be 'utf-16'/
    )
  })

  it("are found wrong wherever the bytes are cut by what is read at once", async () => {
    const filler = "ä".repeat(200_000)
    expect(
      await message(
        "far.csv",
        Buffer.concat([Buffer.from(`a\n${filler}\nx`), Buffer.from([0xff, 10])])
      )
    ).toMatch(/line 3: byte 2 of the line \(0xff\)/)
    expect(
      await message("wide.txt", Buffer.concat([Buffer.from(filler), Buffer.from([0xff, 10])]))
    ).toMatch(/line 1: byte 400001 of the line \(0xff\)/)
    expect(await read("whole.txt", filler)).toEqual([{ text: filler }])
  })

  it("are converted where they are named, by Python's name or the web's", async () => {
    expect(
      await read("1.csv", Buffer.from("a\ncaf\xe9 \x80\n", "latin1"), { encoding: "latin-1" })
    ).toEqual([{ a: "café \x80" }])
    expect(
      await read("2.csv", Buffer.from("a\ncaf\xe9 \x80\n", "latin1"), { encoding: "cp1252" })
    ).toEqual([{ a: "café €" }])
    for (const encoding of ["utf-16", "utf_16_le"])
      expect(
        await read("3.jsonl", Buffer.from('\uFEFF{"a":"é🥨"}\n', "utf16le"), { encoding })
      ).toEqual([{ a: "é🥨" }])
    expect(
      await read("4.txt", Buffer.from([0x93, 0xfa, 0x96, 0x7b]), { encoding: "shift_jis" })
    ).toEqual([{ text: "日本" }])
    expect(await message("5.txt", "a", { encoding: "latin-17" })).toMatch(
      /there is no encoding 'latin-17'\. Use one such as/
    )
    expect(
      await message("6.txt", Buffer.from("ok\n\xff\xff", "latin1"), { encoding: "shift_jis" })
    ).toMatch(/holds bytes that are not shift_jis/)
  })
})

describe("CSV as pandas reads it", () => {
  it("fills short lines with nulls, takes stray quotes for text, and refuses lines that are too long", async () => {
    expect(await read("short.csv", "a,b,c\n1,2,3\n4,5\n")).toEqual([
      { a: "1", b: "2", c: "3" },
      { a: "4", b: "5", c: null }
    ])
    expect(await read("inch.csv", 'a,b\n5" nail,1\n')).toEqual([{ a: '5" nail', b: "1" }])
    expect(await read("quotes.tsv", 'a\tb\nit"s\t2\n"hello" she said\t1\n')).toEqual([
      { a: 'it"s', b: "2" },
      { a: "hello she said", b: "1" }
    ])
    expect(await message("long.csv", "a,b\n1,2\n1,2,3\n")).toMatch(
      /long\.csv', line 3: it has 3 values, but there are 2 columns \(a, b\)/
    )
  })

  it("names the line of a quote that never closes", async () => {
    expect(await message("open.csv", 'a,b\n"x\ny",1\n"x,1\ny,2\nz,3\n')).toMatch(
      /line 4: the quote that opens on this line is never closed/
    )
  })

  it("does not hold the rest of a file for a quote that never closes", async () => {
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('a\n"')
      for (;;) yield Buffer.alloc(1 << 20, "x\n")
    }
    const opened = await openRowFile(
      {
        name: "endless.csv",
        stream: endless,
        pieces: () => Promise.reject(new Error("it has no end"))
      },
      { type: "csv", compression: undefined }
    )
    await expect(Array.fromAsync(opened.chunks())).rejects.toThrow(
      /line 2: the quote that opens on this line is not closed within 64 MB/
    )
  })

  it("understands other separators, quotes, escapes, headers and nulls", async () => {
    expect(await read("semi.csv", "q;a\nWho?;I, me\n", { delimiter: ";" })).toEqual([
      { q: "Who?", a: "I, me" }
    ])
    expect(await read("single.csv", "a,b\n'x,''y',\"z\n", { quote: "'" })).toEqual([
      { a: "x,'y", b: '"z' }
    ])
    expect(await read("none.csv", 'a,b\n"x,y\n', { quote: "" })).toEqual([{ a: '"x', b: "y" }])
    expect(await read("escape.csv", 'a,b\n"x \\"y\\", \\\\",z\\,\n', { escape: "\\" })).toEqual([
      { a: 'x "y", \\', b: "z," }
    ])
    expect(await read("bare.csv", "1,2\n3,4\n", { header: false })).toEqual([
      { 0: "1", 1: "2" },
      { 0: "3", 1: "4" }
    ])
    expect(await read("named.csv", "1,2\n", { header: ["x", "y"] })).toEqual([{ x: "1", y: "2" }])
    expect(await read("skip.csv", "made by me\na\n1\n", { skipRows: 1 })).toEqual([{ a: "1" }])
    expect(await read("nulls.csv", 'a,b\nNA,\n"NA",""\n', { nulls: ["NA", ""] })).toEqual([
      { a: null, b: null },
      { a: "NA", b: "" }
    ])
    expect(await read("cr.csv", "a,b\r1,2\r3,4")).toEqual([
      { a: "1", b: "2" },
      { a: "3", b: "4" }
    ])
  })

  it("asks for the separator where a header seems to have another one", async () => {
    expect(await message("s.csv", "question;answer\nWho?;I\n")).toMatch(
      /line 1: its header is one column, 'question;answer', which holds ';'\. Set delimiter to ';'/
    )
    expect(await read("s.csv", "question;answer\nWho?;I\n", { delimiter: "," })).toEqual([
      { "question;answer": "Who?;I" }
    ])
  })

  it("gives the same rows wherever the bytes are cut", async () => {
    const quoted = (value: string): string => `"${value.replaceAll('"', '""')}"`
    const Value = fc.string({
      unit: fc.constantFrom('"', ",", "\n", "\r", "a", "é", "🥨"),
      maxLength: 6
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(Value, Value), { minLength: 1, maxLength: 8 }),
        fc.constantFrom("\n", "\r\n", "\r"),
        fc.integer({ min: 1, max: 5 }),
        async (rows, end, size) => {
          const bytes = Buffer.from(
            [["a", "b"], ...rows].map((row) => row.map(quoted).join(",") + end).join("")
          )
          const stream = async function* (): AsyncGenerator<Uint8Array> {
            for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
          }
          const opened = await openRowFile(
            { name: "cut.csv", stream, pieces: () => Promise.reject(new Error("not asked for")) },
            { type: "csv", compression: undefined }
          )
          expect((await Array.fromAsync(opened.chunks())).flat()).toEqual(
            rows.map(([a, b]) => ({ a, b }))
          )
        }
      ),
      { numRuns: 300 }
    )
  })
})

describe("plain text and JSON fields", () => {
  it("make a row of each line, empty ones too", async () => {
    expect(await read("lines.txt", "\uFEFFone\r\n\nthree")).toEqual([
      { text: "one" },
      { text: "" },
      { text: "three" }
    ])
  })

  it("find the rows under a key of the document, however it is cut", async () => {
    const document = JSON.stringify({
      version: "a:b,{",
      more: { data: [{ no: 1 }] },
      'da"ta': [{ n: "}]" }, { n: 2 }],
      rest: [1]
    })
    expect(await read("field.json", document, { field: 'da"ta' })).toEqual([{ n: "}]" }, { n: 2 }])
    expect(await message("field.json", document, { field: "rows" })).toMatch(
      /it has no field 'rows' \(there are: version, more, da"ta, rest\)/
    )
    const long = Array.from({ length: 20_000 }, (_, n) => ({ n, text: "ü".repeat(n % 40) }))
    expect(
      await read("long.json", JSON.stringify({ first: 1, data: long }), { field: "data" })
    ).toEqual(long)
  })
})

describe("compressed text", () => {
  const text = Array.from(
    { length: 5000 },
    (_, n) => `${JSON.stringify({ n, text: `row ${n}` })}\n`
  ).join("")
  const rows = Array.from({ length: 5000 }, (_, n) => ({ n, text: `row ${n}` }))
  const compressedBy = (command: string, args: ReadonlyArray<string>, name: string): Buffer =>
    execFileSync(command, [...args, file(name, text)], { maxBuffer: 1 << 26 })
  const has = (command: string): boolean => {
    try {
      execFileSync("which", [command], { stdio: "ignore" })
      return true
    } catch {
      return false
    }
  }

  it.skipIf(!has("bzip2"))(
    "is read from bzip2, of one stream or several, and refused when damaged",
    async () => {
      const bytes = compressedBy("bzip2", ["-kc"], "plain.jsonl")
      expect(await read("one.jsonl.bz2", bytes)).toEqual(rows)
      expect(
        await read(
          "two.jsonl.bz2",
          Buffer.concat([bytes, compressedBy("bzip2", ["-kc"], "plain.jsonl")])
        )
      ).toHaveLength(10_000)
      expect(await message("cut.jsonl.bz2", bytes.subarray(0, bytes.length >> 1))).toMatch(
        /its bzip2 data is damaged, cut off, or not bzip2 at all/
      )
      expect(await message("plain.jsonl.bz2", text)).toMatch(/its bzip2 data is damaged/)
    }
  )

  it.skipIf(!has("xz"))("is read from xz, and refused when damaged", async () => {
    const bytes = compressedBy("xz", ["-kc"], "plain.jsonl")
    expect(await read("one.jsonl.xz", bytes)).toEqual(rows)
    expect(await message("cut.jsonl.xz", bytes.subarray(0, bytes.length >> 1))).toMatch(
      /its xz data is damaged, cut off, or not xz at all/
    )
    await expect(loaded({ dataFiles: join(folder, "nowhere.jsonl.xz") })).rejects.toThrow(
      /there is no such file/
    )
  })

  it.skipIf(!has("zip"))(
    "is read from a zip archive with one file, and refused when damaged or one of many",
    async () => {
      const zip = (name: string, ...files: ReadonlyArray<string>): Buffer => {
        execFileSync("zip", ["-qj0", join(folder, name), ...files])
        return readFileSync(join(folder, name))
      }
      const one = zip("one.jsonl.zip", file("plain.jsonl", text))
      expect(await read("one.jsonl.zip", one)).toEqual(rows)
      expect(
        await message(
          "many.jsonl.zip",
          zip("many.jsonl.zip", file("plain.jsonl", text), file("b.jsonl", "{}"))
        )
      ).toMatch(/the archive holds 2 files \(plain\.jsonl, b\.jsonl\)\. Unpack it/)
      expect(await message("cut.jsonl.zip", one.subarray(0, one.length >> 1))).toMatch(
        /the zip archive is damaged or cut off/
      )
      const damaged = Buffer.from(one)
      damaged[damaged.length >> 1]! ^= 1
      expect(await message("damaged.txt.zip", damaged)).toMatch(
        /the zip archive is damaged or cut off/
      )
    }
  )
})

describe("folders", () => {
  it("with several splits are asked which one, and never mixed", async () => {
    for (const split of ["train", "test"]) file(`splits/data/${split}.csv`, `a\n${split}\n`)
    const dataFiles = join(folder, "splits")
    await expect(loaded({ dataFiles })).rejects.toThrow(
      /it holds several splits \(train, test\)\. Choose one with split, or give a pattern/
    )
    expect((await loaded({ dataFiles, split: "test" })).rows).toEqual([{ a: "test" }])
    await expect(loaded({ dataFiles, split: "dev" })).rejects.toThrow(
      /it holds no split 'dev' \(there are: train, test\)/
    )
    expect((await loaded({ dataFiles: join(dataFiles, "data/*.csv") })).rows).toEqual([
      { a: "test" },
      { a: "train" }
    ])
  })
})

describe("image folders", () => {
  it("give the images that their metadata names, saved as images", async () => {
    const png = Buffer.from("89504e470d0a1a0a", "hex")
    file("images/a/1.png", png)
    file("images/metadata.jsonl", '{"file_name":"a/1.png","label":"cat"}\n')
    const image = { bytes: png.toString("base64"), path: "a/1.png" }
    const dataFiles = join(folder, "images")
    expect((await loaded({ dataFiles })).rows).toEqual([{ image, label: "cat" }])
    const disk = LoadDataFromDisk({ name: "load", datasetPath: dataFiles })
    const fromDisk = await runPromise(Pipeline("disk", {}, from(disk)), {
      report: false,
      progress: "none",
      outputDir: join(folder, "images-disk")
    })
    expect(await fromDisk.default.toArray()).toEqual([{ image, label: "cat" }])
    expect(
      (
        await loaded({
          dataFiles,
          columns: { image: Schema.Struct({ bytes: Schema.String, path: Schema.String }) }
        })
      ).rows
    ).toEqual([{ image }])
    const distiset = await runPromise(
      Pipeline("p", {}, from(LoadDataFromFileSystem({ name: "load", dataFiles }))),
      { useCache: false, report: false, outputDir: join(folder, "images-run") }
    )
    await distiset.saveToDisk(join(folder, "images-saved"))
    expect(readFileSync(join(folder, "images-saved/README.md"), "utf8")).toContain("dtype: image")
    file("images/metadata.jsonl", '{"file_name":"a/2.png"}\n')
    await expect(loaded({ dataFiles })).rejects.toThrow(
      /metadata\.jsonl': it names 'a\/2\.png', which cannot be read: there is no such file/
    )
  })
})

describe("options of a step", () => {
  it("that say how text is read stay in its document", async () => {
    const load = LoadDataFromFileSystem({
      name: "load",
      dataFiles: file("kept.csv", "x;y\n1;2\n"),
      delimiter: ";",
      encoding: "latin-1",
      header: ["a", "b"],
      skipRows: 1,
      nulls: ["2"],
      split: "train"
    })
    const again = await fromYamlPromise(await toYamlPromise(Pipeline("p", {}, from(load))))
    expect((await rowsOf(again as never))["default"]!.rows).toEqual([{ a: "1", b: null }])
  })
})

describe("options of a README", () => {
  const disk = async (
    name: string,
    readme: string,
    content: string | Uint8Array,
    dataFile: string
  ): Promise<ReadonlyArray<Row>> => {
    file(`${name}/${dataFile}`, content)
    file(
      `${name}/README.md`,
      `---\nconfigs:\n- config_name: default\n  data_files: ${dataFile}\n${readme}\n---\n`
    )
    return (
      await rowsOf(
        Pipeline(
          "p",
          {},
          from(
            LoadDataFromDisk({ name: "load", datasetPath: join(folder, name) } as never) as never
          )
        )
      )
    )["default"]!.rows
  }

  it("are those of the loaders", async () => {
    expect(
      await disk("field", "  field: data", '{"version":1,"data":[{"a":1}]}', "data.json")
    ).toEqual([{ a: 1 }])
    expect(
      await disk(
        "csv",
        "  sep: ';'\n  names: [x, y]\n  header: 0\n  encoding: latin-1\n  quotechar: \"'\"\n  na_values: [NA]",
        Buffer.from("a;b\n'caf\xe9;';NA\n", "latin1"),
        "data.csv"
      )
    ).toEqual([{ x: "café;", y: null }])
    expect(await disk("bare", "  header: null\n  skiprows: 1", "no\n1,2\n", "data.csv")).toEqual([
      { 0: "1", 1: "2" }
    ])
  })

  it("that are not understood are named", async () => {
    await expect(disk("foot", "  skipfooter: 2", "a\n1\n", "data.csv")).rejects.toThrow(
      /its README asks for skipfooter: 2, which is not supported\. Load the files with LoadDataFromFileSystem/
    )
  })
})
