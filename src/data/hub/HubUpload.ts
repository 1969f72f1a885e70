/**
 * Uploads to a dataset of the Hub: the repository is there, or made; files that are there already
 * are not sent again.
 */
import { createHash } from "node:crypto"
import { createReadStream } from "node:fs"
import { pathToFileURL } from "node:url"
import type { CommitOperation } from "@huggingface/hub"
import * as Redacted from "effect/Redacted"
import { type HubAccess, HubRefusal } from "./HubAccess.ts"
import { HubError } from "./HubError.ts"
import { hubPackage } from "./hubPackage.ts"
import { checkName, credentials, type HubRepo, openRepo, telling, type Told } from "./HubRepo.ts"

/** Files of one commit: as many bytes at once as memory likes. */
const filesInCommit = 2

/** A file for the Hub. */
export interface UploadFile {
  /** Where it goes. */
  readonly path: string
  /** A file on this machine, or a text. */
  readonly content: { readonly file: string } | { readonly text: string }
}

export class HubUpload {
  readonly id: string
  readonly #access: HubAccess
  readonly #told: Told
  readonly #branch: string

  private constructor(access: HubAccess, id: string, branch: string) {
    this.id = id
    this.#access = access
    this.#branch = branch
    this.#told = telling(access, id, branch, "write")
  }

  /**
   * Who the token belongs to is asked first: a wrong one ends it before anything is written. A name
   * without an owner is the token's owner's.
   */
  static async open(access: HubAccess, given: string, branch: string): Promise<HubUpload> {
    checkName(given)
    if (access.token === undefined) {
      throw new HubError({
        reason: "Unauthorized",
        repo: given,
        detail: `to write it, there must be a token: option token, HF_TOKEN, or what 'hf auth login' leaves. Make one with write access at ${access.endpoint}/settings/tokens.`
      })
    }
    const { whoAmI } = await hubPackage(given)
    const told = telling(access, given, branch, "write")
    const { auth, name } = await told(() =>
      whoAmI({
        accessToken: Redacted.value(access.token!),
        ...credentials(access, given),
        hubUrl: access.endpoint,
        fetch: access.fetch
      })
    )
    if (auth.accessToken?.role === "read") {
      throw new HubError({
        reason: "Unauthorized",
        repo: given,
        detail: `the token (${access.tokenFrom}) may only read. Make one with write access at ${access.endpoint}/settings/tokens.`
      })
    }
    return new HubUpload(access, given.includes("/") ? given : `${name}/${given}`, branch)
  }

  /** Where people look at it. */
  get url(): string {
    return `${this.#access.endpoint}/datasets/${this.id}`
  }

  /** Makes the repository and the branch, if they are not there. Gives what is there. */
  async create(isPrivate: boolean): Promise<HubRepo> {
    const { createBranch, createRepo } = await hubPackage(this.id)
    const client = this.#client()
    await this.#unlessThere(() =>
      createRepo({ repo: { type: "dataset", name: this.id }, private: isPrivate, ...client })
    )
    if (this.#branch !== "main")
      await this.#unlessThere(() =>
        createBranch({ repo: { type: "dataset", name: this.id }, branch: this.#branch, ...client })
      )
    return openRepo(this.#access, this.id, this.#branch)
  }

  /** Sends files, some in each commit. */
  async add(files: ReadonlyArray<UploadFile>, title: string): Promise<void> {
    for (let from = 0; from < files.length; from += filesInCommit) {
      const some = files.slice(from, from + filesInCommit)
      const last = from + some.length
      await this.commit(
        some,
        [],
        files.length <= filesInCommit
          ? title
          : `${title} (files ${from + 1}–${last} of ${files.length})`
      )
    }
  }

  /** One commit; gives its id. */
  async commit(
    files: ReadonlyArray<UploadFile>,
    deleted: ReadonlyArray<string>,
    title: string
  ): Promise<string> {
    const { commit } = await hubPackage(this.id)
    const operations: ReadonlyArray<CommitOperation> = [
      ...files.map(
        ({ content, path }) =>
          ({
            operation: "addOrUpdate",
            path,
            content: "text" in content ? new Blob([content.text]) : pathToFileURL(content.file)
          }) as const
      ),
      ...deleted.map((path) => ({ operation: "delete", path }) as const)
    ]
    const made = await this.#told(() =>
      commit({
        repo: { type: "dataset", name: this.id },
        branch: this.#branch,
        title,
        operations: [...operations],
        ...this.#client()
      })
    )
    return made?.commit.oid ?? ""
  }

  #client() {
    return {
      hubUrl: this.#access.endpoint,
      fetch: this.#access.fetch,
      ...credentials(this.#access, this.id)
    }
  }

  async #unlessThere(create: () => Promise<unknown>): Promise<void> {
    await this.#told(async () => {
      try {
        await create()
      } catch (thrown) {
        const { statusCode: status } = thrown as { readonly statusCode?: number }
        if (thrown instanceof HubRefusal || status !== 409) throw thrown
      }
    })
  }
}

/** The SHA-256 of a file, as the Hub knows large files by. */
export const sha256Of = async (path: string): Promise<string> => {
  const hash = createHash("sha256")
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest("hex")
}
