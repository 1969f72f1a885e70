/** A dataset of Argilla: found or made, and its records written and read. */
import * as Effect from "effect/Effect"
import type { ArgillaClient } from "./ArgillaClient.ts"
import { ArgillaError } from "./ArgillaError.ts"

/** What a dataset is called, and whose it is. */
export interface DatasetName {
  readonly name: string
  /** Its workspace. Default: the first of the user's. */
  readonly workspace?: string | undefined
}

/** A text that people see. */
export interface TextField {
  readonly name: string
  readonly required: boolean
}

/** What people are asked. */
export interface Question {
  readonly name: string
  readonly title: string
  readonly required: boolean
  readonly settings: { readonly type: string; readonly [setting: string]: unknown }
}

/** What people see and are asked. */
export interface DatasetSettings {
  readonly fields: ReadonlyArray<TextField>
  readonly questions: ReadonlyArray<Question>
}

/** One thing to look at. */
export interface RecordToWrite {
  /** By which it is found again: written twice, it is there once. */
  readonly external_id: string
  readonly fields: Readonly<Record<string, string | null>>
  /** Values that are suggested, by the names of questions. */
  readonly suggestions: Readonly<Record<string, unknown>>
}

/** A record as Argilla gives it. */
export interface ReadRecord {
  readonly id: string
  readonly external_id?: string | null
  readonly status?: string
  readonly fields: Readonly<Record<string, unknown>>
  readonly metadata?: Readonly<Record<string, unknown>> | null
  readonly responses?: ReadonlyArray<{
    readonly status: string
    readonly values?: Readonly<Record<string, { readonly value: unknown }>> | null
  }>
  readonly suggestions?: ReadonlyArray<{ readonly question_id: string; readonly value: unknown }>
}

interface Listed<A> {
  readonly items: ReadonlyArray<A>
}

interface Named {
  readonly id: string
  readonly name: string
}

interface Found extends Named {
  readonly workspace_id: string
  readonly status?: string
}

interface FoundField extends Named {
  readonly required: boolean
  readonly settings: { readonly type: string }
}

/** Records in one request, at most, as Argilla allows. */
const mostRecords = 500

export class ArgillaDataset {
  readonly #client: ArgillaClient
  readonly #id: string
  readonly #questions: ReadonlyArray<Named>

  private constructor(client: ArgillaClient, id: string, questions: ReadonlyArray<Named>) {
    this.#client = client
    this.#id = id
    this.#questions = questions
  }

  /** The dataset of that name. */
  static find = Effect.fnUntraced(function* (
    client: ArgillaClient,
    dataset: DatasetName
  ): Effect.fn.Return<ArgillaDataset, ArgillaError> {
    const { found, workspace } = yield* lookedUp(client, dataset)
    if (found === undefined)
      return yield* new ArgillaError({
        reason: "NotFound",
        detail: `Argilla's workspace '${workspace.name}' has no dataset '${dataset.name}'. Correct datasetName or datasetWorkspace.`
      })
    const { items } = (yield* client.request(
      "GET",
      `/datasets/${found.id}/questions`
    )) as Listed<Named>
    return new ArgillaDataset(client, found.id, items)
  })

  /** The same; it is made if it is not there, and has to take such records if it is. */
  static findOrMake = Effect.fnUntraced(function* (
    client: ArgillaClient,
    dataset: DatasetName,
    settings: DatasetSettings
  ): Effect.fn.Return<ArgillaDataset, ArgillaError> {
    const { found, workspace } = yield* lookedUp(client, dataset)
    const { id } =
      found ??
      ((yield* client.request("POST", "/datasets", {
        name: dataset.name,
        workspace_id: workspace.id,
        allow_extra_metadata: true
      })) as Found)
    // One that was not finished is a draft still.
    const there = {
      fields: yield* listed<FoundField>(client, id, "fields"),
      questions: yield* listed<Named>(client, id, "questions")
    }
    const isDraft = found === undefined || found.status === "draft"
    if (!isDraft) yield* checked(dataset.name, settings, there)
    else {
      for (const { name, required } of missing(settings.fields, there.fields))
        yield* client.request("POST", `/datasets/${id}/fields`, {
          name,
          title: name,
          required,
          settings: { type: "text", use_markdown: true }
        })
      for (const question of missing(settings.questions, there.questions))
        yield* client.request("POST", `/datasets/${id}/questions`, question)
      yield* client.request("PUT", `/datasets/${id}/publish`)
    }
    return new ArgillaDataset(client, id, yield* listed<Named>(client, id, "questions"))
  })

  /** Writes records, each once however often it is written. */
  write(records: ReadonlyArray<RecordToWrite>): Effect.Effect<void, ArgillaError> {
    const ids = new Map(this.#questions.map(({ id, name }) => [name, id]))
    // Equal rows are one record.
    const items = [...new Map(records.map((record) => [record.external_id, record])).values()].map(
      ({ suggestions, ...record }) => ({
        ...record,
        suggestions: Object.entries(suggestions).map(([question, value]) => ({
          question_id: ids.get(question),
          type: "model",
          value
        }))
      })
    )
    const parts = Array.from({ length: Math.ceil(items.length / mostRecords) }, (_, i) =>
      items.slice(i * mostRecords, (i + 1) * mostRecords)
    )
    return Effect.forEach(
      parts,
      (part) => this.#client.request("PUT", `/datasets/${this.#id}/records/bulk`, { items: part }),
      { discard: true }
    )
  }

  /** Records from a position on, with what people answered and what was suggested. */
  read(offset: number, limit: number): Effect.Effect<ReadonlyArray<ReadRecord>, ArgillaError> {
    return Effect.map(
      this.#client.request(
        "GET",
        `/datasets/${this.#id}/records?offset=${offset}&limit=${limit}&include=responses&include=suggestions`
      ),
      (body) => (body as Listed<ReadRecord>).items
    )
  }

  /** The name of a question. */
  questionOf(id: string): string {
    return this.#questions.find((question) => question.id === id)?.name ?? id
  }
}

const listed = <A>(
  client: ArgillaClient,
  id: string,
  what: "fields" | "questions"
): Effect.Effect<ReadonlyArray<A>, ArgillaError> =>
  Effect.map(client.request("GET", `/datasets/${id}/${what}`), (body) => (body as Listed<A>).items)

const missing = <A extends { readonly name: string }>(
  wanted: ReadonlyArray<A>,
  there: ReadonlyArray<Named>
): ReadonlyArray<A> => wanted.filter(({ name }) => !there.some((each) => each.name === name))

/** The workspace, and the dataset in it if there is one. */
const lookedUp = Effect.fnUntraced(function* (
  client: ArgillaClient,
  { name, workspace: wanted }: DatasetName
): Effect.fn.Return<
  { readonly workspace: Named; readonly found: Found | undefined },
  ArgillaError
> {
  const { items: workspaces } = (yield* client.request("GET", "/me/workspaces")) as Listed<Named>
  const workspace = workspaces.find((each) => wanted === undefined || each.name === wanted)
  if (workspace === undefined)
    return yield* new ArgillaError({
      reason: "NotFound",
      detail:
        wanted === undefined
          ? "the user has no workspace in Argilla: make one, or use another key"
          : `there is no workspace '${wanted}' for this user of Argilla (there are: ${workspaces.map((each) => each.name).join(", ")}). Correct datasetWorkspace.`
    })
  const { items } = (yield* client.request(
    "GET",
    `/me/datasets?workspace_id=${workspace.id}&name=${encodeURIComponent(name)}`
  )) as Listed<Found>
  return {
    workspace,
    found: items.find((each) => each.name === name && each.workspace_id === workspace.id)
  }
})

/** Fails if the dataset does not take such records. */
const checked = (
  name: string,
  settings: DatasetSettings,
  there: { readonly fields: ReadonlyArray<FoundField>; readonly questions: ReadonlyArray<Named> }
): Effect.Effect<void, ArgillaError> => {
  const others = there.fields.filter(
    (field) => field.required && !settings.fields.some((each) => each.name === field.name)
  )
  const lacks = [
    ...missing(settings.fields, there.fields).map((field) => `field '${field.name}'`),
    ...missing(settings.questions, there.questions).map((each) => `question '${each.name}'`)
  ]
  const problems = [
    ...(others.length === 0
      ? []
      : [`requires ${others.map((field) => `field '${field.name}'`).join(", ")}`]),
    ...(lacks.length === 0 ? [] : [`lacks ${lacks.join(", ")}`])
  ]
  return problems.length === 0
    ? Effect.void
    : Effect.fail(
        new ArgillaError({
          reason: "OtherDataset",
          detail: `Argilla has a dataset '${name}' already, which ${problems.join(" and ")}. Take another datasetName.`
        })
      )
}
