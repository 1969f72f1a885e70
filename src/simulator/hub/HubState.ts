/**
 * What a simulated Hub knows: its repositories, uploads that no commit has taken up yet, and who
 * may do what.
 */
import { writeFolders } from "./folders.ts"
import type { HubSettings } from "./HubSimulatorOptions.ts"
import { type HubRequest, Refusal } from "./Reply.ts"
import { type Changes, type Repo, Repos } from "./Repos.ts"
import { XetStore } from "./XetStore.ts"

export class HubState {
  readonly settings: HubSettings
  readonly repos: Repos
  readonly xet = new XetStore()
  /** Uploaded content by its SHA-256. */
  readonly uploads = new Map<string, Buffer>()
  /** Parts of an upload under way, by its SHA-256. */
  readonly parts = new Map<string, Array<Buffer>>()

  constructor(settings: HubSettings) {
    this.settings = settings
    this.repos = new Repos(settings.largeFrom)
  }

  /** The repository of a request. To those whom it is hidden from it is not there. */
  repoFor(request: HubRequest, id: string): Repo {
    const known = this.#knows(request)
    const repo = this.repos.find(id)
    if (repo !== undefined && (!repo.private || known)) return repo
    throw known
      ? new Refusal(404, "Repository not found", "RepoNotFound")
      : new Refusal(401, "Invalid username or password.", "RepoNotFound")
  }

  /** Refuses files of a gated repository to those who are not let in. */
  expectEntry(request: HubRequest, repo: Repo): void {
    if (repo.gated && !this.#letIn(request)) {
      throw new Refusal(
        this.#knows(request) ? 403 : 401,
        `Access to dataset ${repo.id} is restricted. You must have access to it and be authenticated to access it.`,
        "GatedRepo"
      )
    }
  }

  /**
   * A branch has changed: what is pushed to a main branch is written to the folder, if there is
   * one.
   */
  changed(repo: Repo, branch: string, changes: Changes): void {
    if (branch === "main" && this.settings.directory !== undefined)
      writeFolders(this.settings.directory, repo.id, changes)
  }

  /** Refuses requests that need someone who is known. */
  expectUser(request: HubRequest): void {
    if (!this.#knows(request)) throw new Refusal(401, "Invalid username or password.")
  }

  #letIn(request: HubRequest): boolean {
    return this.settings.letIn && this.#knows(request)
  }

  /**
   * Whether the request carries a token that is known. An unknown one is refused, whatever it is
   * for.
   */
  #knows({ headers }: HubRequest): boolean {
    const [, token] = /^Bearer (.+)$/.exec(String(headers["authorization"] ?? "")) ?? []
    if (token === undefined) return false
    if (this.settings.token !== undefined && token !== this.settings.token)
      throw new Refusal(401, "Invalid credentials in Authorization header")
    return true
  }
}
