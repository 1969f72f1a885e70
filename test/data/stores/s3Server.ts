/** An S3 of one bucket: s3rver, whose objects are in a folder. */
import { createServer } from "node:http"
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
  const running = createServer((request, response) => {
    requests.push(
      `${request.method} ${decodeURIComponent((request.url ?? "").replace(/\?.*/, ""))}`
    )
    if (state.cutNext && request.method === "GET" && request.headers.range !== undefined) {
      state.cutNext = false
      const write = response.write.bind(response)
      response.write = ((chunk: Buffer) => {
        write(chunk.subarray(0, chunk.length >> 1), () => response.destroy())
        return true
      }) as typeof response.write
    }
    void answer(request, response)
  })
  const state = await listening(running, requests)
  return state
}
