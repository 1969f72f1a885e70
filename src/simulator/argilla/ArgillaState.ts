/** What a simulated Argilla keeps, and what it says to each request. */

interface Field {
  readonly id: string
  readonly name: string
  readonly required: boolean
  readonly settings: { readonly type: string }
}

export interface StoredRecord {
  id: string
  external_id: string
  fields: Record<string, string | null>
  suggestions: ReadonlyArray<{ readonly question_id: string; readonly value: unknown }>
  responses: Array<{
    readonly status: string
    readonly values: Record<string, { readonly value: unknown }>
  }>
}

export interface ArgillaSimulatorDataset {
  readonly id: string
  readonly name: string
  readonly workspace_id: string
  status: "draft" | "ready"
  readonly fields: Array<Field>
  readonly questions: Array<Field & { readonly settings: { readonly options?: unknown } }>
  readonly records: Array<StoredRecord>
}

/** An answer: its status and its body. */
type Reply = readonly [status: number, body: unknown]

const mostItems = 500

/** Workspaces, datasets and records, as the API of Argilla 2 has them. */
export class ArgillaState {
  readonly datasets: Array<ArgillaSimulatorDataset> = []
  readonly #workspaces: ReadonlyArray<{ readonly id: string; readonly name: string }>
  #ids = 0

  constructor(workspaces: ReadonlyArray<string>) {
    this.#workspaces = workspaces.map((name) => ({ id: this.#newId(), name }))
  }

  answer(method: string, url: URL, body: unknown): Reply {
    const path = url.pathname.replace(/^\/api\/v1/, "")
    if (method === "GET" && path === "/me/workspaces") return [200, { items: this.#workspaces }]
    if (method === "GET" && path === "/me/datasets")
      return [200, { items: this.#named(url.searchParams) }]
    if (method === "POST" && path === "/datasets") {
      const made: ArgillaSimulatorDataset = {
        ...(body as { readonly name: string; readonly workspace_id: string }),
        id: this.#newId(),
        status: "draft",
        fields: [],
        questions: [],
        records: []
      }
      this.datasets.push(made)
      return [201, made]
    }
    const [, id, what = ""] = /^\/datasets\/([^/]+)\/(.+)$/.exec(path) ?? []
    const dataset = this.datasets.find((each) => each.id === id)
    return dataset === undefined
      ? [404, { detail: "not found" }]
      : this.#ofDataset(dataset, `${method} ${what}`, url.searchParams, body)
  }

  #named(query: URLSearchParams): ReadonlyArray<ArgillaSimulatorDataset> {
    return this.datasets.filter(
      ({ name, workspace_id }) =>
        name === query.get("name") && workspace_id === query.get("workspace_id")
    )
  }

  #ofDataset(
    dataset: ArgillaSimulatorDataset,
    request: string,
    query: URLSearchParams,
    body: unknown
  ): Reply {
    switch (request) {
      case "GET fields":
        return [200, { items: dataset.fields }]
      case "GET questions":
        return [200, { items: dataset.questions }]
      case "POST fields":
        return this.#added(dataset.fields, body)
      case "POST questions":
        return this.#added(dataset.questions, body)
      case "PUT publish":
        dataset.status = "ready"
        return [200, dataset]
      case "PUT records/bulk":
        return this.#written(dataset, (body as Items).items)
      case "GET records": {
        const [offset, limit] = [Number(query.get("offset")), Number(query.get("limit"))]
        return [200, { items: dataset.records.slice(offset, offset + limit) }]
      }
      default:
        return [404, { detail: `no route ${request}` }]
    }
  }

  #added(fields: Array<Field>, body: unknown): Reply {
    const made = { ...(body as Field), id: this.#newId() }
    if (fields.some(({ name }) => name === made.name)) return [409, { detail: "is there" }]
    fields.push(made)
    return [201, made]
  }

  #written(dataset: ArgillaSimulatorDataset, items: ReadonlyArray<StoredRecord>): Reply {
    const problem = problemOf(dataset, items)
    if (problem !== undefined) return [422, { detail: problem }]
    for (const item of items) {
      const there = dataset.records.find((each) => each.external_id === item.external_id)
      if (there === undefined) dataset.records.push({ ...item, id: this.#newId(), responses: [] })
      else Object.assign(there, item)
    }
    return [200, { items }]
  }

  #newId(): string {
    return `00000000-0000-4000-8000-${String(++this.#ids).padStart(12, "0")}`
  }
}

interface Items {
  readonly items: ReadonlyArray<StoredRecord>
}

/** What the server would say of records; undefined if it takes them. */
const problemOf = (
  dataset: ArgillaSimulatorDataset,
  items: ReadonlyArray<StoredRecord>
): string | undefined => {
  if (dataset.status !== "ready") return "the dataset is not published"
  if (items.length === 0 || items.length > mostItems) return `from 1 to ${mostItems} items`
  if (new Set(items.map((item) => item.external_id)).size < items.length)
    return "External IDs must be unique"
  for (const item of items) {
    const problem = fieldProblem(dataset, item) ?? suggestionProblem(dataset, item)
    if (problem !== undefined) return problem
  }
  return undefined
}

const fieldProblem = (
  dataset: ArgillaSimulatorDataset,
  { fields }: StoredRecord
): string | undefined => {
  const unknown = Object.keys(fields).find(
    (name) => !dataset.fields.some((field) => field.name === name)
  )
  if (unknown !== undefined) return `fields values not found: ${unknown}`
  const lacking = dataset.fields.find(
    ({ name, required }) => required && typeof fields[name] !== "string"
  )
  return lacking === undefined ? undefined : `missing required value for field: ${lacking.name}`
}

const suggestionProblem = (
  dataset: ArgillaSimulatorDataset,
  { suggestions }: StoredRecord
): string | undefined => {
  for (const { question_id, value } of suggestions) {
    const question = dataset.questions.find(({ id }) => id === question_id)
    if (question === undefined) return "question_id not found"
    const { type } = question.settings
    const isRating = Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 5
    if (type === "rating" && !isRating) return `${String(value)} is not a valid rating`
    if (type === "text" && typeof value !== "string") return "not a text"
  }
  return undefined
}
