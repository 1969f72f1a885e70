/**
 * Repositories of the simulated Hub: branches of commits, each a set of files. Large files are kept
 * by the hash of their content, as Git LFS does.
 */
import { createHash } from "node:crypto"
import { Refusal } from "./Reply.ts"

/** A file at a commit. */
export interface RepoFile {
  readonly path: string
  readonly size: number
  /** The hash that Git knows it by. */
  readonly oid: string
  /** The SHA-256 of its content, where it is kept apart. */
  readonly sha256: string | undefined
  readonly content: Buffer
}

export interface Commit {
  readonly oid: string
  readonly title: string
  readonly date: string
  readonly files: ReadonlyMap<string, RepoFile>
}

export interface Repo {
  readonly id: string
  readonly private: boolean
  readonly gated: boolean
  readonly createdAt: string
  /** Commits of each branch, the newest last. */
  readonly branches: Map<string, Array<Commit>>
}

/** What a commit does to files: new content, or undefined for one that is removed. */
export type Changes = ReadonlyMap<string, Buffer | undefined>

const sha1 = (content: string | Buffer): string => createHash("sha1").update(content).digest("hex")
export const sha256 = (content: Buffer): string =>
  createHash("sha256").update(content).digest("hex")

const large =
  /\.(7z|arrow|avro|bin|bz2|gz|h5|jpe?g|mp[34]|npy|npz|onnx|parquet|pickle|pkl|png|pt|safetensors|tar|tgz|wav|webp|xz|zip|zst)$/i

/** The pointer that Git keeps in place of a large file. */
export const pointerOf = ({ sha256: oid, size }: RepoFile): Buffer =>
  Buffer.from(`version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${size}\n`)

const blobOid = (content: Buffer): string =>
  sha1(Buffer.concat([Buffer.from(`blob ${content.length}\0`), content]))

export class Repos {
  readonly #repos = new Map<string, Repo>()
  readonly #largeFrom: number
  #commits = 0

  /**
   * Files of so many bytes, and those whose ending says that they are no text, are kept as large
   * ones.
   */
  constructor(largeFrom: number) {
    this.#largeFrom = largeFrom
  }

  get ids(): ReadonlyArray<string> {
    return [...this.#repos.keys()]
  }

  find(id: string): Repo | undefined {
    return this.#repos.get(id)
  }

  create(
    id: string,
    visible: { readonly private?: boolean | undefined; readonly gated?: boolean | undefined } = {}
  ): Repo {
    const repo: Repo = {
      id,
      private: visible.private ?? false,
      gated: visible.gated ?? false,
      createdAt: new Date().toISOString(),
      branches: new Map()
    }
    this.#repos.set(id, repo)
    repo.branches.set("main", [this.#commit(new Map(), "initial commit")])
    this.change(
      repo,
      "main",
      new Map([[".gitattributes", Buffer.from("*.parquet filter=lfs diff=lfs merge=lfs -text\n")]]),
      "initial commit"
    )
    return repo
  }

  remove(id: string): void {
    this.#repos.delete(id)
  }

  /** The newest commit of a branch, or the one of a hash. */
  at({ branches }: Repo, revision: string): Commit {
    const commit =
      branches.get(revision === "HEAD" ? "main" : revision)?.at(-1) ??
      [...branches.values()]
        .flat()
        .find(({ oid }) => revision.length >= 7 && oid.startsWith(revision))
    if (commit === undefined)
      throw new Refusal(404, `Invalid rev id: ${revision}`, "RevisionNotFound")
    return commit
  }

  /** Adds a commit to a branch, which begins with it if there is none of that name. */
  change(repo: Repo, branch: string, changes: Changes, title: string): Commit {
    const commits = repo.branches.get(branch) ?? []
    const files = new Map(commits.at(-1)?.files)
    for (const [path, content] of changes) {
      if (content === undefined) files.delete(path)
      else files.set(path, this.#file(path, content))
    }
    const commit = this.#commit(files, title)
    repo.branches.set(branch, [...commits, commit])
    return commit
  }

  isLarge(path: string, size: number): boolean {
    return large.test(path) || size >= this.#largeFrom
  }

  #file(path: string, content: Buffer): RepoFile {
    const file = {
      path,
      size: content.length,
      oid: "",
      sha256: this.isLarge(path, content.length) ? sha256(content) : undefined,
      content
    }
    return { ...file, oid: blobOid(file.sha256 === undefined ? content : pointerOf(file)) }
  }

  #commit(files: ReadonlyMap<string, RepoFile>, title: string): Commit {
    const oids = [...files.values()].map(({ oid, path }) => `${path} ${oid}`).sort()
    return {
      oid: sha1(`${this.#commits++} ${title}\n${oids.join("\n")}`),
      title,
      date: new Date().toISOString(),
      files
    }
  }
}
