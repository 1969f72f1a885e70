/** Options of models that a server answers for, at an address and by a key. */
import * as Schema from "effect/Schema"
import { SecretParameter, type ServerOptions, sharedParameters } from "../asking/modelOptions.ts"
import type { GivenHeaders, Secret } from "../asking/secrets.ts"

/** Options of a model that a server answers for, wherever that is. */
export interface ServedOptions<Model extends string, Kwargs> extends ServerOptions<Kwargs> {
  readonly model: Model
  /**
   * Further headers of every request. Their values are kept secret, but for those of headers that
   * are known to hold none, such as `OpenAI-Organization`.
   */
  readonly defaultHeaders?: GivenHeaders | undefined
}

/** Options of one at an address and by a key. */
export interface HostedOptions<Model extends string, Kwargs> extends ServedOptions<Model, Kwargs> {
  /**
   * Where the server is, if not at its usual address or the one that its variable names, such as
   * `OPENAI_BASE_URL`. Its user and the values of its query are kept secret.
   */
  readonly baseUrl?: Secret | undefined
  /** The key, if it is not in its variable, such as `OPENAI_API_KEY`. */
  readonly apiKey?: Secret | undefined
}

/** What `run({ parameters })` may set of any such model. */
export const hostedParameters = {
  baseUrl: Schema.optionalKey(Schema.String),
  apiKey: Schema.optionalKey(SecretParameter),
  ...sharedParameters
}

/** Options of a model that is not asked in chats. */
export type PlainServerOptions<Kwargs> = Omit<ServerOptions<Kwargs>, "stream" | "structuredOutput">

const { structuredOutput: _, ...withoutFormat } = sharedParameters

/** What `run({ parameters })` may set of one. */
export const plainParameters = withoutFormat
