/**
 * A stand-in for the command of a server: it really serves (with our simulator), and crashes, hangs
 * or refuses to start as its variables say. Written as a command that takes any arguments with
 * `--port`.
 */
import { appendFileSync, existsSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { startSimulator } from "../../src/simulator/index.ts"

const { CRASH_AFTER, FAIL, HANG_AFTER, MARKS = "" } = process.env
const port = Number(process.argv[process.argv.indexOf("--port") + 1])
appendFileSync(`${MARKS}/started`, `${process.pid}\n`)
console.log(`loading ${process.argv.slice(2).join(" ")}`)
if (FAIL !== undefined) {
  console.error("ValueError: no GPU was found")
  process.exit(3)
}

const simulator = await startSimulator({ latency: { kind: "constant", ms: 20 } })
let asked = 0
const isFirst = !existsSync(`${MARKS}/misbehaved`)
/** Once only: the next process behaves. */
const misbehaves = (after: string | undefined): boolean =>
  isFirst && after !== undefined && asked > Number(after)
let hangs = false

createServer((request, response) => {
  const chunks: Array<Buffer> = []
  request.on("data", (chunk: Buffer) => chunks.push(chunk))
  request.on("end", async () => {
    if (request.method === "POST") asked++
    if (misbehaves(CRASH_AFTER)) {
      writeFileSync(`${MARKS}/misbehaved`, "")
      process.exit(139)
    }
    if (misbehaves(HANG_AFTER)) {
      writeFileSync(`${MARKS}/misbehaved`, "")
      hangs = true
    }
    if (hangs) return
    if (request.url === "/health") return response.writeHead(200).end()
    const answer = await fetch(`${simulator.url}${request.url}`, {
      method: request.method ?? "GET",
      ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) })
    })
    response
      .writeHead(answer.status, { "content-type": "application/json" })
      .end(await answer.text())
  })
}).listen(port, "127.0.0.1")
