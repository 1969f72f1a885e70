/** Opens a dataset of the Hub: the files of one split, by the rules of Python's `load_dataset`. */
import type * as Redacted from "effect/Redacted"
import { imagesBeside } from "../files/imageFolder.ts"
import type { SequenceFile } from "../files/RowSequence.ts"
import type { ByteSource } from "../rows/ByteSource.ts"
import { convertedSplitOf, type DatasetSplit, splitOf } from "./dataset.ts"
import { downloaded } from "./downloads.ts"
import { type FrontMatter, frontMatterOf } from "./frontMatter.ts"
import { hubAccess } from "./HubAccess.ts"
import { HubError } from "./HubError.ts"
import { convertedBranch, type HubRepo, openRepo } from "./HubRepo.ts"

/** Which dataset, and how it is read. */
export interface HubQuery {
  readonly repoId: string
  readonly config?: string | undefined
  readonly split: string
  readonly revision?: string | undefined
  readonly token?: string | Redacted.Redacted | undefined
  /** Reads over the network as rows are wanted; else files are downloaded first. */
  readonly streaming: boolean
  /** Where downloads are kept. */
  readonly cacheDir: string
}

export interface HubDataset {
  readonly files: ReadonlyArray<SequenceFile>
  /** How many rows the dataset says it has. */
  readonly length: number | undefined
}

export const openHubDataset = async (query: HubQuery): Promise<HubDataset> => {
  const access = hubAccess(query.token)
  const asked = { repo: query.repoId, config: query.config, split: query.split }
  const repo = await openRepo(access, query.repoId, query.revision)
  const split = splitOf(asked, pathsOf(repo), await frontMatter(repo))
  if ("files" in split) return read(repo, split, query)
  // The conversion is of the main branch.
  const converted =
    query.revision === undefined
      ? await optional(openRepo(access, query.repoId, convertedBranch))
      : undefined
  const conversion =
    converted === undefined ? undefined : convertedSplitOf(asked, pathsOf(converted))
  if (converted !== undefined && conversion !== undefined) return read(converted, conversion, query)
  const names = pathsOf(repo).filter((path) => !path.startsWith("."))
  throw new HubError({
    reason: query.config === undefined ? "NoData" : "NoSuchConfig",
    repo: query.repoId,
    detail: `${split.because}, and the Hub has not converted it to Parquet. It has: ${names.slice(0, 8).join(", ") || "nothing"}${names.length > 8 ? ", …" : ""}.`
  })
}

const pathsOf = ({ files }: HubRepo): ReadonlyArray<string> => files.map(({ path }) => path)

/** What the README says, and what `.huggingface.yaml` says instead. */
const frontMatter = async (repo: HubRepo): Promise<FrontMatter> => {
  const [readme, overlay] = await Promise.all([
    repo.text("README.md"),
    repo.text(".huggingface.yaml")
  ])
  try {
    return {
      ...(await frontMatterOf(readme)),
      ...(overlay === undefined ? {} : await frontMatterOf(`---\n${overlay}\n---`))
    }
  } catch (thrown) {
    throw new HubError({
      reason: "NoData",
      repo: repo.id,
      detail: `the front matter of its README is no YAML: ${(thrown as Error).message}`
    })
  }
}

const optional = async (repo: Promise<HubRepo>): Promise<HubRepo | undefined> => {
  try {
    return await repo
  } catch (thrown) {
    if (
      thrown instanceof HubError &&
      (thrown.reason === "NoSuchRevision" || thrown.reason === "NoSuchRepo")
    )
      return undefined
    throw thrown
  }
}

const read = (
  repo: HubRepo,
  { files, length }: DatasetSplit,
  { cacheDir, streaming }: HubQuery
): HubDataset => {
  const entries = new Map(repo.files.map((file) => [file.path, file]))
  const source = (path: string): ByteSource | undefined => {
    const file = entries.get(path)
    if (file === undefined) return undefined
    return streaming ? repo.source(file) : downloaded(repo, file, cacheDir)
  }
  return {
    files: files.map(({ format, path }) => ({
      source: source(path)!,
      format,
      images: imagesBeside(path, source)
    })),
    length
  }
}
