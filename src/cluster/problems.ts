/** Why a run is not cut into shards, a shard is not worked on, or shards are not merged. */
import * as Schema from "effect/Schema"

/** A pipeline whose rows do not go their ways alone, or a setting that holds for one process only. */
export class NotShardable extends Schema.TaggedError<NotShardable>()("NotShardable", {
  pipeline: Schema.String,
  /** What is in the way, and why. */
  detail: Schema.String,
  fix: Schema.String
}) {
  override get message(): string {
    return `Pipeline '${this.pipeline}' cannot be cut into shards: ${this.detail}. ${this.fix}`
  }
}

/** The folder of a run in shards is not there, damaged, or that of another run. */
export class WrongRunFolder extends Schema.TaggedError<WrongRunFolder>()("WrongRunFolder", {
  folder: Schema.String,
  detail: Schema.String
}) {
  override get message(): string {
    return `'${this.folder}' ${this.detail}`
  }
}

/** Something here is not what it was where the run was planned. */
export class OtherVersion extends Schema.TaggedError<OtherVersion>()("OtherVersion", {
  folder: Schema.String,
  what: Schema.String,
  planned: Schema.String,
  here: Schema.String,
  fix: Schema.String
}) {
  override get message(): string {
    return `The run in '${this.folder}' was planned with ${this.what} ${this.planned}, and here it is ${this.here}: shards of both would not be one dataset. ${this.fix}`
  }
}

/** The source gives other rows than when the run was planned. */
export class OtherRows extends Schema.TaggedError<OtherRows>()("OtherRows", {
  folder: Schema.String,
  source: Schema.String,
  from: Schema.Int,
  to: Schema.Int
}) {
  override get message(): string {
    return `Source '${this.source}' gives other rows from ${this.from} to ${this.to} than when the run in '${this.folder}' was planned: shards of both would not be one dataset. Give it the rows that it had, or plan the run anew in another folder.`
  }
}

/** Shards that are not there yet, or are not as they were written. */
export class ShardsMissing extends Schema.TaggedError<ShardsMissing>()("ShardsMissing", {
  folder: Schema.String,
  shards: Schema.Int,
  missing: Schema.Array(Schema.String),
  /** Those that are damaged, each with the file and what is wrong. */
  damaged: Schema.Array(Schema.String),
  /** Folders of damaged ones that may be made again by themselves: no other shard is made of them. */
  again: Schema.Array(Schema.String)
}) {
  override get message(): string {
    const { damaged, folder, missing, shards } = this
    return [
      ...(missing.length === 0
        ? []
        : [
            `${missing.length} of ${shards} shards are missing in '${folder}': ${listed(missing)}. Start 'distilabel-ts shard' again: it works on these only.`
          ]),
      ...(damaged.length === 0
        ? []
        : [
            `${damaged.length} of ${shards} shards are damaged: ${listed(damaged)} Remove their folders and start 'distilabel-ts shard' again: their answers are kept.`
          ])
    ].join("\n")
  }
}

const mostListed = 20

const listed = (all: ReadonlyArray<string>): string =>
  all.length <= mostListed
    ? all.join(", ")
    : `${all.slice(0, mostListed).join(", ")} and ${all.length - mostListed} more`
