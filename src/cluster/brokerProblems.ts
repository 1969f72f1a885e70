/** Why a run cannot be worked on over Redis. */
import * as Schema from "effect/Schema"

/** An address that is not one of a Redis. */
export class WrongBroker extends Schema.TaggedError<WrongBroker>()("WrongBroker", {
  address: Schema.String
}) {
  override get message(): string {
    return `'${this.address}' is not the address of a Redis: write redis://HOST:6379, rediss://USER:PASSWORD@HOST:PORT for an encrypted connection, or local for one on this machine.`
  }
}

/** No Redis answers, or it does not let this program in. */
export class BrokerUnreachable extends Schema.TaggedError<BrokerUnreachable>()(
  "BrokerUnreachable",
  { address: Schema.String, detail: Schema.String }
) {
  override get message(): string {
    return [
      `No Redis can be used at ${this.address}: ${this.detail}.`,
      "To have one:",
      "  Debian, Ubuntu  apt install redis-server, then redis-server --appendonly yes --bind ADDRESS --requirepass PASSWORD",
      "  Docker          docker run -p 6379:6379 redis --appendonly yes",
      "  managed         any Redis 6.2 or newer; its address begins with rediss://",
      "On one machine '--cluster local' starts one for the run; 'run --shards' needs none."
    ].join("\n")
  }
}

/** Options that hold for all processes of a run together, where nothing counts for all of them. */
export class BrokerNeeded extends Schema.TaggedError<BrokerNeeded>()("BrokerNeeded", {
  pipeline: Schema.String,
  options: Schema.Array(Schema.String),
  why: Schema.String
}) {
  override get message(): string {
    const named = this.options.map((option) => `option ${option}`).join(", ")
    return `Pipeline '${this.pipeline}' is not run: ${named} would hold for each process by itself without a Redis, not for the run. ${this.why}. Install it, leave the option out, or run in one process.`
  }
}

/** Another process coordinates the run. */
export class AlreadyCoordinated extends Schema.TaggedError<AlreadyCoordinated>()(
  "AlreadyCoordinated",
  { folder: Schema.String, by: Schema.String }
) {
  override get message(): string {
    return `The run in '${this.folder}' is coordinated by ${this.by}. Help it with 'distilabel-ts worker', or stop it first.`
  }
}

/** Shards of a run that failed at each try, or a run that no worker can take. */
export class ShardsFailed extends Schema.TaggedError<ShardsFailed>()("ShardsFailed", {
  pipeline: Schema.String,
  folder: Schema.String,
  failed: Schema.Int,
  shards: Schema.Int,
  /** The first ones, each with why. */
  details: Schema.Array(Schema.String)
}) {
  override get message(): string {
    return [
      `${this.failed} of ${this.shards} shards of pipeline '${this.pipeline}' failed:`,
      ...this.details.map((detail) => `  ${detail}`),
      `What was answered is kept in '${this.folder}': the same command tries again.`
    ].join("\n")
  }
}

/** Every worker that came has other code, versions or rows. */
export class AllRefused extends Schema.TaggedError<AllRefused>()("AllRefused", {
  details: Schema.Array(Schema.String)
}) {
  override get message(): string {
    return ["No worker can take the run:", ...this.details.map((each) => `  ${each}`)].join("\n")
  }
}
