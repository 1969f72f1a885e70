/**
 * A stand-in for Argilla's server: it keeps datasets and checks requests as the server does, as far
 * as they are needed here.
 */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

interface Field {
  readonly id: string
  readonly name: string
  readonly required: boolean
  readonly settings: { readonly type: string }
}

interface StoredRecord {
  id: string
  external_id: string
  fields: Record<string, string | null>
  suggestions: ReadonlyArray<{ readonly question_id: string; readonly value: unknown }>
  responses: Array<{
    readonly status: string
    readonly values: Record<string, { readonly value: unknown }>
  }>
}

interface Dataset {
  readonly id: string
  readonly name: string
  readonly workspace_id: string
  status: "draft" | "ready"
  readonly fields: Array<Field>
  readonly questions: Array<Field & { readonly settings: { readonly options?: unknown } }>
  readonly records: Array<StoredRecord>
}

export const key = "argilla.key-of-a-user"

/** Failures to come: each request that begins with the path takes one. */
interface Trouble {
  readonly path: RegExp
  readonly status: number
  times: number
}

export const startArgilla = async () => {
  const datasets: Array<Dataset> = []
  const workspaces = [
    { id: "w1", name: "argilla" },
    { id: "w2", name: "others" }
  ]
  const troubles: Array<Trouble> = []
  const asked: Array<string> = []
  const bodies: Array<unknown> = []
  let ids = 0
  const newId = (): string => `00000000-0000-4000-8000-${String(++ids).padStart(12, "0")}`

  const problemOf = (dataset: Dataset, items: ReadonlyArray<StoredRecord>): string | undefined => {
    if (dataset.status !== "ready") return "the dataset is not published"
    if (items.length === 0 || items.length > 500) return "from 1 to 500 items"
    if (new Set(items.map((item) => item.external_id)).size < items.length)
      return "External IDs must be unique"
    for (const { fields, suggestions } of items) {
      const unknown = Object.keys(fields).find(
        (name) => !dataset.fields.some((field) => field.name === name)
      )
      if (unknown !== undefined) return `fields values not found: ${unknown}`
      for (const { name, required } of dataset.fields)
        if (required && typeof fields[name] !== "string")
          return `missing required value for field: ${name}`
      for (const { question_id, value } of suggestions) {
        const question = dataset.questions.find(({ id }) => id === question_id)
        if (question === undefined) return "question_id not found"
        const { type } = question.settings as { readonly type: string }
        if (
          type === "rating" &&
          !(Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 5)
        )
          return `${String(value)} is not a valid rating`
        if (type === "text" && typeof value !== "string") return "not a text"
      }
      if (Object.values(fields).some((text) => text?.includes("REFUSED") === true))
        return "no such text"
    }
    return undefined
  }

  const answer = (method: string, url: URL, body: never): readonly [number, unknown] => {
    const path = url.pathname.replace(/^\/api\/v1/, "")
    const trouble = troubles.find((each) => each.times > 0 && each.path.test(path))
    if (trouble !== undefined) {
      trouble.times--
      return [trouble.status, { detail: "trouble" }]
    }
    if (method === "GET" && path === "/me/workspaces") return [200, { items: workspaces }]
    if (method === "GET" && path === "/me/datasets")
      return [
        200,
        {
          items: datasets.filter(
            ({ name, workspace_id }) =>
              name === url.searchParams.get("name") &&
              workspace_id === url.searchParams.get("workspace_id")
          )
        }
      ]
    if (method === "POST" && path === "/datasets") {
      const made: Dataset = {
        ...(body as { readonly name: string; readonly workspace_id: string }),
        id: newId(),
        status: "draft",
        fields: [],
        questions: [],
        records: []
      }
      datasets.push(made)
      return [201, made]
    }
    const [, id, what] = /^\/datasets\/([^/]+)\/(.+)$/.exec(path) ?? []
    const dataset = datasets.find((each) => each.id === id)
    if (dataset === undefined) return [404, { detail: "not found" }]
    if (what === "fields" || what === "questions") {
      if (method === "GET") return [200, { items: dataset[what] }]
      const made = { ...(body as Field), id: newId() }
      if (dataset[what].some(({ name }) => name === made.name)) return [409, { detail: "is there" }]
      dataset[what].push(made)
      return [201, made]
    }
    if (method === "PUT" && what === "publish") {
      dataset.status = "ready"
      return [200, dataset]
    }
    if (method === "PUT" && what === "records/bulk") {
      const { items } = body as { readonly items: ReadonlyArray<StoredRecord> }
      const problem = problemOf(dataset, items)
      if (problem !== undefined) return [422, { detail: problem }]
      for (const item of items) {
        const there = dataset.records.find((each) => each.external_id === item.external_id)
        if (there === undefined) dataset.records.push({ ...item, id: newId(), responses: [] })
        else Object.assign(there, item)
      }
      return [200, { items }]
    }
    if (method === "GET" && what === "records") {
      const offset = Number(url.searchParams.get("offset"))
      const limit = Number(url.searchParams.get("limit"))
      return [200, { items: dataset.records.slice(offset, offset + limit) }]
    }
    return [404, { detail: `no route ${method} ${path}` }]
  }

  const server = createServer((request, response) => {
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      const url = new URL(request.url!, "http://localhost")
      const text = Buffer.concat(chunks).toString()
      const body: unknown = text === "" ? undefined : JSON.parse(text)
      asked.push(`${request.method!} ${url.pathname}`)
      if (body !== undefined) bodies.push(body)
      const [status, value] =
        request.headers["x-argilla-api-key"] === key
          ? answer(request.method!, url, body as never)
          : [401, { detail: "Could not validate credentials" }]
      response.writeHead(status, { "content-type": "application/json" })
      response.end(JSON.stringify(value))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    datasets,
    troubles,
    asked,
    bodies,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      })
  }
}
