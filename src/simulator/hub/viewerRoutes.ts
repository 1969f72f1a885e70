/** The dataset viewer: which configurations, splits and rows a dataset has. */
import type { Row } from "../../columns/Row.ts"
import { openRowFile } from "../../data/files/FileFormat.ts"
import { configurationsOf, filesOfConfiguration } from "../../data/files/layout.ts"
import { convertedSplitOf, type DatasetSplit, splitOf } from "../../data/hub/dataset.ts"
import { frontMatterOf } from "../../data/hub/frontMatter.ts"
import type { ByteSource } from "../../data/rows/ByteSource.ts"
import type { HubState } from "./HubState.ts"
import { type HubRequest, json, Refusal, type Reply } from "./Reply.ts"
import type { Commit, RepoFile } from "./Repos.ts"

const paths = new Set(["is-valid", "splits", "rows", "first-rows", "parquet", "size"])
const converted = "refs/convert/parquet"

/** `/splits?dataset=…`, `/rows?…`, `/parquet?…` and their kin; undefined for anything else. */
export const viewerReply = async (
  state: HubState,
  request: HubRequest
): Promise<Reply | undefined> => {
  const [room = "", ...rest] = request.parts
  if (!paths.has(room) || rest.length > 0) return undefined
  const dataset = new Dataset(state, request)
  const { searchParams } = request.url
  const config = searchParams.get("config")
  const split = searchParams.get("split")
  const headers = { "x-revision": dataset.main.oid }
  switch (room) {
    case "is-valid":
      return json(
        { preview: true, viewer: true, search: false, filter: false, statistics: false },
        { headers }
      )
    case "splits":
      return json(
        {
          splits: (await dataset.splits()).map((found) => ({ dataset: dataset.id, ...found })),
          pending: [],
          failed: []
        },
        { headers }
      )
    case "parquet":
      return json(
        { parquet_files: await dataset.parquetFiles(), pending: [], failed: [], partial: false },
        { headers }
      )
    case "size":
      return json(await dataset.size(), { headers })
    default: {
      if (config === null || split === null)
        throw new Refusal(422, "Parameters 'dataset', 'config' and 'split' are required")
      const first = room === "first-rows"
      const length = first ? 100 : Number(searchParams.get("length") ?? 100)
      if (length > 100) throw new Refusal(422, "Parameter 'length' must not be greater than 100")
      return json(
        await dataset.rows(
          config,
          split,
          first ? 0 : Number(searchParams.get("offset") ?? 0),
          length
        ),
        { headers }
      )
    }
  }
}

class Dataset {
  readonly id: string
  readonly main: Commit
  readonly #converted: Commit | undefined
  readonly #origin: string

  constructor(state: HubState, request: HubRequest) {
    this.id = request.url.searchParams.get("dataset") ?? ""
    const repo = state.repoFor(request, this.id)
    state.expectEntry(request, repo)
    this.main = state.repos.at(repo, "main")
    this.#converted = repo.branches.get(converted)?.at(-1)
    this.#origin = request.origin
  }

  async splits(): Promise<ReadonlyArray<{ readonly config: string; readonly split: string }>> {
    const files = [...this.main.files.keys()]
    return configurationsOf(await this.#frontMatter()).flatMap((configuration) =>
      [...filesOfConfiguration(files, configuration).splits.keys()].map((split) => ({
        config: configuration.name,
        split
      }))
    )
  }

  async parquetFiles(): Promise<ReadonlyArray<Readonly<Record<string, unknown>>>> {
    const commit = this.#converted ?? this.main
    const revision = this.#converted === undefined ? "main" : converted
    const all = await Promise.all(
      (await this.splits()).map(async ({ config, split }) =>
        (await this.#split(config, split)).files
          .filter(({ format }) => format.type === "parquet")
          .map(({ path }) => ({
            dataset: this.id,
            config,
            split,
            url: `${this.#origin}/datasets/${this.id}/resolve/${encodeURIComponent(revision)}/${path}`,
            filename: path.split("/").at(-1),
            size: commit.files.get(path)!.size
          }))
      )
    )
    return all.flat()
  }

  async size(): Promise<unknown> {
    const splits = await Promise.all(
      (await this.splits()).map(async ({ config, split }) => ({
        dataset: this.id,
        config,
        split,
        num_rows: (await this.#allRows(config, split)).length
      }))
    )
    return {
      size: {
        dataset: {
          dataset: this.id,
          num_rows: splits.reduce((sum, { num_rows: rows }) => sum + rows, 0)
        },
        splits
      },
      pending: [],
      failed: [],
      partial: false
    }
  }

  async rows(config: string, split: string, offset: number, length: number): Promise<unknown> {
    const all = await this.#allRows(config, split)
    const names = [...new Set(all.slice(0, 100).flatMap((row) => Object.keys(row)))]
    return {
      features: names.map((name, i) => ({ feature_idx: i, name, type: {} })),
      rows: all
        .slice(offset, offset + length)
        .map((row, i) => ({ row_idx: offset + i, row, truncated_cells: [] })),
      num_rows_total: all.length,
      num_rows_per_page: 100,
      partial: false
    }
  }

  async #allRows(config: string, split: string): Promise<ReadonlyArray<Row>> {
    const commit = this.#converted ?? this.main
    const rows: Array<Row> = []
    for (const { format, path } of (await this.#split(config, split)).files) {
      const file = await openRowFile(sourceOf(commit.files.get(path)!), format)
      for await (const chunk of file.chunks()) rows.push(...chunk)
    }
    return rows
  }

  async #split(config: string, split: string): Promise<DatasetSplit> {
    const query = { repo: this.id, config, split }
    const found =
      this.#converted === undefined
        ? splitOf(query, [...this.main.files.keys()], await this.#frontMatter())
        : convertedSplitOf(query, [...this.#converted.files.keys()])
    if (found === undefined || !("files" in found))
      throw new Refusal(404, "The split does not exist.", "ResponseNotFound")
    return found
  }

  async #frontMatter(): Promise<Readonly<Record<string, unknown>>> {
    return frontMatterOf(this.main.files.get("README.md")?.content.toString())
  }
}

const sourceOf = ({ content, path }: RepoFile): ByteSource => ({
  name: path,
  async *stream(from = 0) {
    yield content.subarray(from)
  },
  pieces: async () => ({
    size: content.length,
    slice: async (start, end) => new Uint8Array(content.subarray(start, end)),
    close: async () => {}
  })
})
