/**
 * An S3 of one bucket: s3rver, whose objects are in a folder, with what it lacks: a create on
 * condition that nothing is there.
 */
import { existsSync } from "node:fs"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { join } from "node:path"
import S3rver from "s3rver"
import { listening, type StoreServer } from "./StoreServer.ts"

export const startS3 = async (bucket: string, directory: string): Promise<StoreServer> => {
  const server = new S3rver({
    directory,
    silent: true,
    configureBuckets: [{ name: bucket, configs: [] }]
  })
  await server.configureBuckets()
  const answer = server.callback()
  const requests: Array<string> = []
  /** Objects that are being created on condition that there are none. */
  const creating = new Set<string>()
  const refusal = (path: string): readonly [status: number, code: string] | undefined =>
    creating.has(path)
      ? [409, "ConditionalRequestConflict"]
      : existsSync(join(directory, `${path}._S3rver_object`))
        ? [412, "PreconditionFailed"]
        : undefined
  const create = async (
    request: IncomingMessage,
    response: ServerResponse,
    path: string
  ): Promise<void> => {
    const refused = refusal(path)
    if (refused !== undefined) {
      const [status, code] = refused
      request.resume()
      response.writeHead(status, { "content-type": "application/xml" })
      response.end(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`)
      return
    }
    creating.add(path)
    response.once("close", () => creating.delete(path))
    await answer(request, response)
  }
  const running = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? "").replace(/\?.*/, ""))
    const asked = `${request.method} ${path}`
    requests.push(asked)
    if (state.losesAnswer(asked)) response.end = () => response.destroy()
    if (state.cutNext && request.method === "GET" && request.headers.range !== undefined) {
      state.cutNext = false
      const write = response.write.bind(response)
      response.write = ((chunk: Buffer) => {
        write(chunk.subarray(0, chunk.length >> 1), () => response.destroy())
        return true
      }) as typeof response.write
    }
    void (request.headers["if-none-match"] === "*"
      ? create(request, response, path)
      : answer(request, response))
  })
  const state = await listening(running, requests)
  return state
}
