import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import {
  from,
  LoadDataFromDicts,
  OpenAILLM,
  Pipeline,
  runPromise,
  task,
  TextGenerationWithImage
} from "../../src/index.ts"
import { pictureOf } from "../../src/simulator/answers/picture.ts"
import { completion, json, serve } from "../models/wire.ts"

const newFolder = () => mkdtempSync(join(tmpdir(), "media-"))

const quiet = { progress: "none" as const, report: false }

const answering = () => serve((_, response) => json(response, completion("A cat.")))

/** Images asked about by their paths, below a folder or none. */
const looking = (url: string, paths: ReadonlyArray<string>, mediaFolder?: string) =>
  Pipeline(
    "looking",
    {},
    from(
      LoadDataFromDicts({
        name: "load",
        data: paths.map((image) => ({ image, instruction: "What is it?" }))
      })
    ).to(
      TextGenerationWithImage({
        name: "look",
        llm: OpenAILLM({ model: "m", baseUrl: `${url}/v1`, apiKey: "k" }),
        imageType: "path",
        ...(mediaFolder === undefined ? {} : { mediaFolder })
      })
    )
  )

const failuresOf = async (run: ReturnType<typeof runPromise>) => {
  const { default: said } = (await run) as unknown as {
    readonly default: {
      readonly errors: () => AsyncIterable<{ readonly reason: string; readonly detail: string }>
    }
  }
  return (await Array.fromAsync(said.errors())).map(({ detail, reason }) => `${reason}: ${detail}`)
}

describe("a file that a row names", () => {
  it("is sent as what it holds, and asked about again once it holds something else", async () => {
    await using wire = await answering()
    const folder = newFolder()
    const at = join(folder, "kinds of cats", "1 %.png")
    mkdirSync(join(folder, "kinds of cats"))
    writeFileSync(at, Buffer.from(pictureOf(1, 0), "base64"))
    const options = { cacheDir: newFolder(), ...quiet }
    const paths = ["kinds of cats/1 %.png", at]
    const run = async () =>
      (await runPromise(looking(wire.url, paths, folder), options)).default.toArray()
    const rows = await run()
    expect(rows.map(({ generation }) => generation)).toEqual(["A cat.", "A cat."])
    const sent = () =>
      wire.asked.map(({ body }) => (body.messages[0]!.content as ReadonlyArray<unknown>)[1])
    const first = {
      type: "image_url",
      image_url: { url: `data:image/png;base64,${pictureOf(1, 0)}` }
    }
    expect(sent()).toEqual([first, first])
    // What is told of the chat names the file, and holds it not.
    expect(JSON.stringify(rows[0])).toContain("file:kinds%20of%20cats/1%20%25.png")
    expect(JSON.stringify(rows[0])).not.toContain(pictureOf(1, 0))
    await run()
    expect(wire.asked).toHaveLength(2)
    writeFileSync(at, Buffer.from(pictureOf(2, 0), "base64"))
    await run()
    expect(wire.asked).toHaveLength(4)
    expect(sent()[2]).toEqual({
      type: "image_url",
      image_url: { url: `data:image/png;base64,${pictureOf(2, 0)}` }
    })
  })

  it("is not read outside of the folder, wherever paths and links lead, nor unless it is an image", async () => {
    await using wire = await answering()
    const [outside, folder] = [newFolder(), newFolder()]
    writeFileSync(join(outside, "secret.png"), Buffer.from(pictureOf(1, 0), "base64"))
    symlinkSync(join(outside, "secret.png"), join(folder, "link.png"))
    symlinkSync(outside, join(folder, "linked"))
    writeFileSync(join(folder, "keys.png"), "API_KEY=secret")
    mkdirSync(join(folder, "a.png"))
    const paths = [
      join(outside, "secret.png"),
      `../${outside.split("/").at(-1)}/secret.png`,
      "link.png",
      "linked/secret.png",
      "keys.png",
      "a.png",
      "missing.png"
    ]
    const failures = await failuresOf(
      runPromise(looking(wire.url, paths, folder), {
        cacheDir: newFolder(),
        ...quiet,
        maxErrorRate: 1
      })
    )
    expect(wire.asked).toEqual([])
    expect(failures).toHaveLength(paths.length)
    for (const failure of failures.slice(0, 4))
      expect(failure).toMatch(/^BadInput: the file '.*' is outside of '.*'/)
    expect(failures.slice(4)).toEqual([
      "BadInput: the file 'keys.png' is not an image (PNG, JPEG, GIF, WebP), by what it holds",
      "BadInput: 'a.png' is not a file",
      `BadInput: the file 'missing.png' is not in '${folder}', or cannot be read`
    ])
  })

  it("is not read at all unless the task says below which folder", async () => {
    await using wire = await answering()
    const failures = await failuresOf(
      runPromise(looking(wire.url, ["cat.png"]), {
        cacheDir: newFolder(),
        ...quiet,
        maxErrorRate: 1
      })
    )
    expect(failures).toEqual([
      "BadInput: the chat names the file 'cat.png'. Say below which folder files may be read by the task's option mediaFolder"
    ])
    expect(wire.asked).toEqual([])
  })

  it("may be audio, video or a PDF of an own task's chat", async () => {
    await using wire = await answering()
    const folder = newFolder()
    writeFileSync(join(folder, "a.wav"), Buffer.from("RIFF\0\0\0\0WAVEfmt ", "latin1"))
    writeFileSync(join(folder, "a.mp4"), Buffer.from("\0\0\0\x18ftypmp42", "latin1"))
    writeFileSync(join(folder, "a.pdf"), "%PDF-1.7")
    const look = task({
      name: "look",
      llm: OpenAILLM({ model: "m", baseUrl: `${wire.url}/v1`, apiKey: "k" }),
      mediaFolder: folder,
      inputs: { name: Schema.String },
      outputs: { said: Schema.String },
      prompt: ({ name }) => [
        {
          role: "user" as const,
          content: [
            { type: "text" as const, text: "What is it?" },
            {
              type: "input_audio" as const,
              input_audio: { data: `file:${name}.wav`, format: "wav" }
            },
            { type: "video_url" as const, video_url: { url: `file:${name}.mp4` } },
            {
              type: "file" as const,
              file: {
                file_data: String(pathToFileURL(join(folder, `${name}.pdf`))),
                filename: "b.pdf"
              }
            }
          ]
        }
      ],
      parse: (answer) => ({ said: answer ?? "" })
    })
    await runPromise(
      Pipeline("p", {}, from(LoadDataFromDicts({ name: "load", data: [{ name: "a" }] })).to(look)),
      { cacheDir: newFolder(), ...quiet }
    )
    const base64 = (text: string) => Buffer.from(text, "latin1").toString("base64")
    expect(wire.asked[0]!.body.messages[0]!.content).toEqual([
      { type: "text", text: "What is it?" },
      {
        type: "input_audio",
        input_audio: { data: base64("RIFF\0\0\0\0WAVEfmt "), format: "wav" }
      },
      {
        type: "video_url",
        video_url: { url: `data:video/mp4;base64,${base64("\0\0\0\x18ftypmp42")}` }
      },
      {
        type: "file",
        file: { file_data: `data:application/pdf;base64,${base64("%PDF-1.7")}`, filename: "b.pdf" }
      }
    ])
  })
})
