/**
 * Pushing a dataset to the Hub: its shards first, a few in each commit, then all that says what
 * they are.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type * as Redacted from "effect/Redacted"
import { secretFinder } from "../../secrets/secretFinder.ts"
import { hubAccess } from "../hub/HubAccess.ts"
import { HubError } from "../hub/HubError.ts"
import type { HubRepo } from "../hub/HubRepo.ts"
import { HubUpload, sha256Of, type UploadFile } from "../hub/HubUpload.ts"
import { DataError } from "../rows/DataError.ts"
import type { Rows } from "../rows/Rows.ts"
import { artifactsIn } from "./artifacts.ts"
import { frontMatter } from "./cardFrontMatter.ts"
import { mergedCard } from "./mergedCard.ts"
import type { Contents } from "./saveDataset.ts"
import type { WriteOptions } from "./splitFiles.ts"
import { plainStory, type Told } from "./Story.ts"
import { type Look, placeOf, type SavedSubset, writeSplits } from "./writeSplits.ts"

/** How a Distiset is pushed. */
export interface PushToHubOptions extends Omit<WriteOptions, "format"> {
  /** A token with write access. Default: `HF_TOKEN`, else what `hf auth login` has left. */
  readonly token?: string | Redacted.Redacted | undefined
  /** Whether a dataset that is made by this is private. Default false. */
  readonly private?: boolean | undefined
  /** The split that subsets which were not split become. Default `train`. */
  readonly split?: string | undefined
  /** False to push no card's text, pipeline and log. Default true. */
  readonly generateCard?: boolean | undefined
  /** True to push the pipeline's source too: the program's main module. Default false. */
  readonly includeScript?: boolean | undefined
  /** Default `Upload with distilabel-ts`. */
  readonly commitMessage?: string | undefined
  /** The branch, made if it is not there. Default `main`. */
  readonly revision?: string | undefined
  /**
   * True to push rows and files though something in them looks like a key. Default false: they are
   * refused.
   */
  readonly allowSecrets?: boolean | undefined
}

/** What came of a push. */
export interface Pushed {
  /** Where people look at it. */
  readonly url: string
  readonly commit: string
  /** Files of rows that were sent, and those that were there already. */
  readonly sent: number
  readonly kept: number
}

/**
 * Pushes all rows. `workDirectory` is a folder with room for them; they are there until they are
 * pushed.
 */
export const pushDataset = async (
  given: string,
  contents: Contents,
  options: PushToHubOptions,
  workDirectory?: string
): Promise<Pushed> => {
  const {
    commitMessage = "Upload with distilabel-ts",
    generateCard = true,
    includeScript = false,
    revision = "main",
    split = "train"
  } = options
  const upload = await HubUpload.open(hubAccess(options.token), given, revision)
  const parts = new Map([...contents.parts].map(([name, splits]) => [name, renamed(splits, split)]))
  const folder = workFolder(workDirectory, upload.id)
  try {
    const secrets = new SecretsFound(upload.id, options.allowSecrets === true)
    const subsets = await writeSplits(
      folder,
      parts,
      { ...options, format: "parquet" },
      secrets.look
    )
    secrets.expectNone()
    const artifacts = filesOf(contents.artifacts)
    const told = await (contents.story ?? plainStory).tell({
      repo: upload.id,
      subsets,
      format: "parquet",
      artifacts: artifactsIn(contents.artifacts),
      withScript: includeScript
    })
    for (const [name, text] of Object.entries({ "README.md": told.card, ...told.files }))
      secrets.file(name, text)
    secrets.expectNone()
    const repo = await upload.create(options.private === true)
    const shards = subsets.flatMap(({ splits }) =>
      splits.flatMap(({ files }) => files.map(({ path }) => path))
    )
    const missing = await notThere(repo, folder, shards)
    await upload.add(
      missing.map((path) => ({ path, content: { file: join(folder, path) } })),
      commitMessage
    )
    const readme = await mergedCard(
      await repo.text("README.md"),
      await readmeOf(subsets, told),
      !generateCard
    )
    const besides: ReadonlyArray<UploadFile> = [
      { path: "README.md", content: { text: readme } },
      ...(generateCard
        ? Object.entries(told.files).map(([path, text]) => ({ path, content: { text } }))
        : []),
      ...artifacts.map(([path, file]) => ({ path: `artifacts/${path}`, content: { file } }))
    ]
    const commit = await upload.commit(
      besides,
      stale(repo, subsets, new Set(shards)),
      commitMessage
    )
    return { url: upload.url, commit, sent: missing.length, kept: shards.length - missing.length }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * A fixed name in the run's own folder: what a push that was killed has left goes when the next one
 * begins.
 */
const workFolder = (directory: string | undefined, repo: string): string => {
  try {
    if (directory === undefined) return mkdtempSync(join(tmpdir(), "distilabel-push-"))
    const folder = join(directory, `.push-${repo.replace("/", "-")}`)
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    return folder
  } catch (thrown) {
    throw DataError.of("write", directory ?? tmpdir(), thrown)
  }
}

const renamed = (splits: ReadonlyMap<string, Rows>, split: string): ReadonlyMap<string, Rows> =>
  splits.size === 1 && splits.has("train") ? new Map([[split, splits.get("train")!]]) : splits

const readmeOf = async (
  subsets: ReadonlyArray<SavedSubset>,
  { card, metadata }: Told
): Promise<string> => `${await frontMatter(subsets, "parquet", metadata)}\n${card}`

/** The shards that the repository does not have, or has with other content. */
const notThere = async (
  repo: HubRepo,
  folder: string,
  shards: ReadonlyArray<string>
): Promise<ReadonlyArray<string>> => {
  const there = new Map(repo.files.map((file) => [file.path, file]))
  const missing: Array<string> = []
  for (const path of shards) {
    const file = there.get(path)
    const same =
      file?.sha256 !== undefined &&
      file.size === statSync(join(folder, path)).size &&
      file.sha256 === (await sha256Of(join(folder, path)))
    if (!same) missing.push(path)
  }
  return missing
}

/** Shards of the same splits from an earlier push that are none of this one. */
const stale = (
  { files }: HubRepo,
  subsets: ReadonlyArray<SavedSubset>,
  now: ReadonlySet<string>
): ReadonlyArray<string> => {
  const places = subsets.flatMap(({ config, splits }) =>
    splits.map(({ name }) => placeOf("parquet", config, name))
  )
  return files
    .map(({ path }) => path)
    .filter(
      (path) =>
        !now.has(path) &&
        places.some(
          (place) =>
            path.startsWith(place) && /^-\d{5}-of-\d{5}\.\w+$/.test(path.slice(place.length))
        )
    )
}

const filesOf = (
  folder: string | undefined
): ReadonlyArray<readonly [path: string, file: string]> =>
  folder === undefined
    ? []
    : readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((path) => statSync(join(folder, path)).isFile())
        .map((path) => [path.replaceAll("\\", "/"), join(folder, path)])

const mostTold = 3

/** The places where there seem to be keys. */
class SecretsFound {
  readonly #repo: string
  readonly #find: ((text: string) => string | undefined) | undefined
  readonly #places: Array<string> = []
  #count = 0

  constructor(repo: string, allowed: boolean) {
    this.#repo = repo
    this.#find = allowed ? undefined : secretFinder()
  }

  /** Looks at the texts of rows; undefined if nothing is to be found. */
  get look(): Look | undefined {
    const find = this.#find
    return find === undefined
      ? undefined
      : (text, { column, row, subset }) =>
          this.#note(
            find(text),
            `column '${column}' of row ${row}${subset === "default" ? "" : ` of '${subset}'`}`
          )
  }

  file(name: string, text: string): void {
    this.#note(this.#find?.(text), name)
  }

  #note(found: string | undefined, place: string): void {
    if (found === undefined) return
    if (this.#count++ < mostTold) this.#places.push(`${place} holds ${found}`)
  }

  expectNone(): void {
    if (this.#count === 0) return
    const more = this.#count > mostTold ? `; and ${this.#count - mostTold} more` : ""
    throw new HubError({
      reason: "SecretFound",
      repo: this.#repo,
      detail: `nothing was pushed, since there may be secrets in it: ${this.#places.join("; ")}${more}. Take them out and make new keys for those that others have seen; if they are none, push with { allowSecrets: true }.`
    })
  }
}

/**
 * Throws if it is certain that a dataset cannot be pushed: there is no token, or one that may not
 * write. Nothing is written.
 */
export const checkPush = async (
  repo: string,
  { token }: Pick<PushToHubOptions, "token">
): Promise<void> => {
  try {
    await HubUpload.open(hubAccess(token), repo, "main")
  } catch (thrown) {
    // A Hub that is away now may be back when there is something to push.
    if (
      thrown instanceof HubError &&
      (thrown.reason === "Unauthorized" || thrown.reason === "NoSuchRepo")
    )
      throw thrown
  }
}
