/**
 * The server of `view`: gives one page and pieces of the files that it shows, on this machine only.
 * Its addresses hold a secret, so that no other page and no other user finds them; it writes
 * nothing.
 */
import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import type { BytePieces } from "../../data/rows/ByteSource.ts"
import { reportPage } from "../write/reportPage.ts"
import { served, type Viewed, type ViewedFile } from "./Viewed.ts"

export interface ViewServer extends AsyncDisposable {
  readonly url: string
}

const pieceBytes = 1 << 20

/** Serves what is looked at; `open` is asked again with each page, since a run may have gone on. */
export const serveView = async (
  open: () => Promise<Viewed>,
  { port = 0 } = {}
): Promise<ViewServer> => {
  const secret = randomBytes(12).toString("base64url")
  let files: ReadonlyArray<ViewedFile> = []
  const pieces = new Map<ViewedFile, Promise<BytePieces>>()
  const close = async (): Promise<void> => {
    const opened = [...pieces.values()]
    pieces.clear()
    for (const each of opened)
      await each.then(
        (file) => file.close(),
        () => {}
      )
  }
  const opened = (file: ViewedFile): Promise<BytePieces> => {
    const known = pieces.get(file) ?? file.source.pieces()
    pieces.set(file, known)
    // A file that could not be opened may be there the next time.
    known.catch(() => pieces.delete(file))
    return known
  }

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { port: own } = server.address() as AddressInfo
    // A page of another origin that a name leads here would say that name.
    if (request.headers.host !== `127.0.0.1:${own}` && request.headers.host !== `localhost:${own}`)
      return refuse(response, 403, "This server answers to its own address only.")
    if (request.method !== "GET" && request.method !== "HEAD")
      return refuse(response, 405, "This server only shows.")
    const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1")
    if (pathname === `/${secret}/`) {
      const viewed = served(await open())
      await close()
      files = viewed.files
      return whole(response, await reportPage(viewed.data, { served: true }))
    }
    const [, number] = new RegExp(`^/${secret}/files/(\\d+)$`).exec(pathname) ?? []
    const file = number === undefined ? undefined : files[Number(number)]
    return file === undefined
      ? refuse(response, 404, "There is nothing at this address.")
      : piece(request, response, await opened(file))
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy()
      else refuse(response, 502, (error as Error).message)
    })
  })
  server.listen(port, "127.0.0.1")
  await once(server, "listening")
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/${secret}/`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await close()
    }
  }
}

const headers = {
  "cache-control": "no-store",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY"
}

const refuse = (response: ServerResponse, status: number, why: string): void => {
  response.writeHead(status, { ...headers, "content-type": "text/plain; charset=utf-8" }).end(why)
}

const whole = (response: ServerResponse, page: string): void => {
  response.writeHead(200, { ...headers, "content-type": "text/html; charset=utf-8" }).end(page)
}

/** Gives the piece that is asked for, a little at a time. */
const piece = async (
  request: IncomingMessage,
  response: ServerResponse,
  file: BytePieces
): Promise<void> => {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? []
  const [start, end] = [Number(first), Math.min(Number(last) + 1, file.size)]
  if (first === undefined || start >= end) {
    response
      .writeHead(416, { ...headers, "content-range": `bytes */${file.size}` })
      .end("Ask for a piece of the file.")
    return
  }
  // Read before anything is said, so that what fails can be told.
  let bytes = await file.slice(start, Math.min(end, start + pieceBytes))
  response.writeHead(206, {
    ...headers,
    "content-type": "application/octet-stream",
    "content-range": `bytes ${start}-${end - 1}/${file.size}`,
    "content-length": end - start
  })
  for (let at = start; at < end;) {
    if (bytes.length === 0) throw new Error("the file has become shorter")
    at += bytes.length
    if (!response.write(bytes))
      await Promise.race([once(response, "drain"), once(response, "close")])
    if (response.destroyed) return
    if (at < end) bytes = await file.slice(at, Math.min(end, at + pieceBytes))
  }
  response.end()
}
