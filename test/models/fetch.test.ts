import {
  brotliCompressSync,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync
} from "node:zlib"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { afterEach, describe, expect, it, vi } from "vitest"
import type { Fetch } from "../../src/models/http/Fetch.ts"
import { HttpFailure } from "../../src/models/http/HttpFailure.ts"
import { makeFetch } from "../../src/models/http/undiciFetch.ts"
import { json, serve } from "./wire.ts"

const withFetch = async <A>(
  url: string,
  use: (fetch: Fetch) => Promise<A>,
  connections = 4
): Promise<A> =>
  Effect.runPromise(
    Effect.scoped(
      Effect.flatMap(makeFetch(url, connections), (fetch) => Effect.promise(() => use(fetch)))
    )
  )

const failed = (promise: Promise<unknown>): Promise<HttpFailure> =>
  promise.then(
    () => {
      throw new Error("no failure")
    },
    (error) => error
  )

afterEach(() => vi.unstubAllEnvs())

describe("the fetch under the SDKs", () => {
  it("sends a URL with options, and a Request, alike", async () => {
    await using wire = await serve(({ body }, response) =>
      json(response, body, 200, { "x-one": "1" })
    )
    await withFetch(wire.url, async (fetch) => {
      const init = { method: "POST", body: `{"a":"ä😀"}`, headers: { "X-Test": "yes" } }
      for (const response of [
        await fetch(`${wire.url}/p?q=1`, init),
        await fetch(new URL(`${wire.url}/p?q=1`), init),
        await fetch(new Request(`${wire.url}/p?q=1`, init))
      ]) {
        expect(response).toMatchObject({ ok: true, status: 200 })
        expect(await response.text()).toBe(`{"a":"ä😀"}`)
        expect(await response.clone().json()).toEqual({ a: "ä😀" })
        expect([
          response.headers.get("X-One"),
          response.headers.has("x-one"),
          response.headers.get("x-two")
        ]).toEqual(["1", true, null])
        expect([...response.headers]).toContainEqual(["x-one", "1"])
      }
    })
    expect(wire.asked).toHaveLength(3)
    for (const { headers, path } of wire.asked)
      expect([path, headers["x-test"], headers["accept-encoding"]]).toEqual([
        "/p?q=1",
        "yes",
        "gzip, deflate, br, zstd"
      ])
  })

  it.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["deflate", deflateRawSync],
    ["br", brotliCompressSync],
    ["zstd", zstdCompressSync],
    ["gzip, br", (bytes: Buffer) => brotliCompressSync(gzipSync(bytes))]
  ])("undoes %s, in answers and in errors", async (encoding, compress) => {
    await using wire = await serve(({ path }, response) => {
      response.writeHead(path === "/no" ? 400 : 200, { "content-encoding": encoding })
      response.end(compress(Buffer.from(`{"a":"ä😀"}`)))
    })
    await withFetch(wire.url, async (fetch) => {
      expect(await (await fetch(wire.url, { method: "POST" })).json()).toEqual({ a: "ä😀" })
      expect(await failed(fetch(`${wire.url}/no`, { method: "POST" }))).toMatchObject({
        kind: "status",
        status: 400,
        body: `{"a":"ä😀"}`
      })
    })
  })

  it("calls a body cut whose compression breaks off, or is none that it knows", async () => {
    const bytes = gzipSync("x".repeat(1000))
    await using wire = await serve(({ path }, response) => {
      response.writeHead(200, { "content-encoding": path === "/odd" ? "snappy" : "gzip" })
      response.end(bytes.subarray(0, bytes.length - 12))
    })
    await withFetch(wire.url, async (fetch) => {
      expect(await failed(fetch(wire.url, { method: "POST" }))).toMatchObject({ kind: "cut" })
      expect(await failed(fetch(`${wire.url}/odd`, { method: "POST" }))).toMatchObject({
        kind: "cut",
        message: "its content encoding 'snappy' is not known"
      })
    })
  })

  it("puts large answers together, characters that chunks cut apart too", async () => {
    const text = "ä😀".repeat(100_000)
    await using wire = await serve((_, response) => {
      const bytes = Buffer.from(text)
      response.write(bytes.subarray(0, 99_999))
      setTimeout(() => response.end(bytes.subarray(99_999)), 20)
    })
    expect(
      await withFetch(wire.url, async (fetch) => (await fetch(wire.url, { method: "POST" })).text())
    ).toBe(text)
  })

  it("fails with status, headers and text of an answer that is no success", async () => {
    await using wire = await serve((_, response) =>
      json(response, { error: "no" }, 429, { "retry-after": "3" })
    )
    const error = await withFetch(wire.url, (fetch) => failed(fetch(wire.url, { method: "POST" })))
    expect(error).toBeInstanceOf(HttpFailure)
    expect(error).toMatchObject({
      kind: "status",
      status: 429,
      body: `{"error":"no"}`,
      headers: { "retry-after": "3" }
    })
  })

  it("tells a host that is not there from a connection that broke, and both from an answer that was cut", async () => {
    await using wire = await serve(({ path }, response) => {
      if (path === "/cut")
        response.writeHead(200, { "content-length": "100" }).write("half", () => response.destroy())
      else response.destroy()
    })
    await withFetch(wire.url, async (fetch) => {
      expect(await failed(fetch(`${wire.url}/cut`, { method: "POST" }))).toMatchObject({
        kind: "cut"
      })
      expect(await failed(fetch(`${wire.url}/broken`, { method: "POST" }))).toMatchObject({
        kind: "broken"
      })
      expect(await failed(fetch("http://127.0.0.1:9/"))).toMatchObject({
        kind: "unreachable",
        code: "ECONNREFUSED"
      })
    })
  })

  it("hangs up when aborted, before the answer, within it, and does not begin when aborted already", async () => {
    await using wire = await serve(({ path }, response) => {
      if (path === "/within") response.write("half")
    })
    await withFetch(wire.url, async (fetch) => {
      for (const path of ["/before", "/within"]) {
        const controller = new AbortController()
        const result = failed(fetch(wire.url + path, { method: "POST", signal: controller.signal }))
        await expect.poll(() => wire.asked.at(-1)?.path).toBe(path)
        controller.abort(new Error("enough"))
        expect((await result).message).toBe("enough")
      }
      await expect.poll(() => wire.aborted()).toBe(2)
      await failed(
        fetch(wire.url, { method: "POST", signal: AbortSignal.abort(new Error("enough")) })
      )
    })
    expect(wire.asked).toHaveLength(2)
  })

  it("leaves no listener on a signal that many requests share", async () => {
    await using wire = await serve((_, response) => json(response, {}))
    const { signal } = new AbortController()
    const added = vi.spyOn(signal, "addEventListener")
    const removed = vi.spyOn(signal, "removeEventListener")
    await withFetch(wire.url, async (fetch) => {
      for (let n = 0; n < 3; n++) await fetch(wire.url, { method: "POST", signal })
    })
    expect(removed.mock.calls.length).toBe(added.mock.calls.length)
  })

  it("opens no more connections than it may, and closes them with its scope", async () => {
    const sockets = new Set<unknown>()
    await using wire = await serve((_, response) => {
      sockets.add(response.socket)
      setTimeout(() => json(response, {}), 20)
    })
    const scope = await Effect.runPromise(Scope.make())
    const fetch = await Effect.runPromise(Scope.provide(makeFetch(wire.url, 2), scope))
    await Promise.all(Array.from({ length: 6 }, () => fetch(wire.url, { method: "POST" })))
    expect(sockets.size).toBe(2)
    await Effect.runPromise(Scope.close(scope, Exit.void))
    await expect(fetch(wire.url, { method: "POST" })).rejects.toThrow()
  })

  it("uses connections again that broke, were hung up or stood still, and asks no more at once than it has", async () => {
    let atOnce = 0
    let most = 0
    await using wire = await serve(({ path }, response) => {
      most = Math.max(most, ++atOnce)
      response.on("close", () => atOnce--)
      if (path === "/broken") response.socket?.destroy()
      else if (path === "/cut") {
        response.writeHead(200, { "content-length": "100" })
        response.write("{", () => response.socket?.destroy())
      } else if (path !== "/silent") setTimeout(() => json(response, { path }), 2)
    })
    await withFetch(
      wire.url,
      async (fetch) => {
        for (let round = 0; round < 3; round++) {
          const ends = await Promise.allSettled(
            Array.from({ length: 40 }, (_, n) => {
              const path = ["/broken", "/cut", "/silent", "/whole"][n % 4]!
              return fetch(wire.url + path, {
                method: "POST",
                body: "{}",
                signal: path === "/silent" ? AbortSignal.timeout(5 + n) : null
              })
            })
          )
          const answered = ends.map(({ status }) => status === "fulfilled")
          expect(answered).toEqual(Array.from({ length: 40 }, (_, n) => n % 4 === 3))
          // All stand still meanwhile.
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
        await Promise.all(Array.from({ length: 12 }, () => fetch(`${wire.url}/whole`)))
      },
      3
    )
    expect(most).toBe(3)
    const unreachable = await withFetch(
      "http://127.0.0.1:1",
      (fetch) => Promise.allSettled(Array.from({ length: 20 }, () => fetch("http://127.0.0.1:1/"))),
      2
    )
    expect(unreachable.every(({ status }) => status === "rejected")).toBe(true)
  })

  it("goes through the proxy of the environment, but not to this machine", async () => {
    await using proxy = await serve((_, response) => json(response, { from: "proxy" }))
    await using wire = await serve((_, response) => json(response, { from: "server" }))
    vi.stubEnv("http_proxy", proxy.url)
    vi.stubEnv("no_proxy", "")
    const from = (url: string) =>
      withFetch(url, async (fetch) => (await fetch(url, { method: "POST" })).json())
    expect(await from(wire.url)).toEqual({ from: "server" })
    expect(await from("http://api.example.invalid/")).toEqual({ from: "proxy" })
  })
})
