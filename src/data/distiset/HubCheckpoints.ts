/** Checkpoints on the Hub: rows sent as JSON Lines while a run goes on, a file for each time. */
import { hash } from "node:crypto"
import type { Row } from "../../columns/Row.ts"
import { rowText } from "../../columns/rowText.ts"
import { secretFinder } from "../../secrets/secretFinder.ts"
import { hubAccess } from "../hub/HubAccess.ts"
import { HubError } from "../hub/HubError.ts"
import { HubUpload } from "../hub/HubUpload.ts"
import { mergedCard } from "./mergedCard.ts"
import type { PushToHubOptions } from "./pushDataset.ts"

type CheckpointOptions = Pick<PushToHubOptions, "token" | "private" | "allowSecrets">

export class HubCheckpoints {
  readonly #upload: HubUpload
  readonly #config: string
  readonly #findSecret: ((text: string) => string | undefined) | undefined

  private constructor(upload: HubUpload, config: string, allowSecrets: boolean) {
    this.#upload = upload
    this.#config = config
    this.#findSecret = allowSecrets ? undefined : secretFinder()
  }

  /** Makes the dataset if it is not there, and tells in its README where these rows are. */
  static async open(
    repo: string,
    config: string,
    options: CheckpointOptions
  ): Promise<HubCheckpoints> {
    const { stringify } = await import("yaml")
    const upload = await HubUpload.open(hubAccess(options.token), repo, "main")
    const there = await upload.create(options.private === true)
    const configs = [
      { config_name: config, data_files: [{ split: "train", path: `${config}/*.jsonl` }] }
    ]
    const old = await there.text("README.md")
    const readme = await mergedCard(
      old,
      `---\n${stringify({ tags: ["synthetic", "distilabel", "distilabel-ts"], configs }, { version: "1.1" })}---\n\n# ${upload.id.split("/")[1]}\n\nRows of a run of distilabel-ts, sent while it went on.\n`,
      true
    )
    if (readme !== old)
      await upload.commit(
        [{ path: "README.md", content: { text: readme } }],
        [],
        "Where the rows of checkpoints are"
      )
    return new HubCheckpoints(upload, config, options.allowSecrets === true)
  }

  /** Sends rows in a file of their own; the same rows are the same file. */
  async add(rows: ReadonlyArray<Row>): Promise<void> {
    const text = rows.map((row) => `${rowText(row)}\n`).join("")
    const found = this.#findSecret?.(text)
    if (found !== undefined)
      throw new HubError({
        reason: "SecretFound",
        repo: this.#upload.id,
        detail: `rows were not sent, since there is ${found} in them. Take it out of them before.`
      })
    await this.#upload.commit(
      [{ path: `${this.#config}/${hash("sha256", text).slice(0, 16)}.jsonl`, content: { text } }],
      [],
      `Checkpoint of ${rows.length} rows`
    )
  }
}
