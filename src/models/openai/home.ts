/** OpenAI, whatever its models are asked for. */
import * as Schema from "effect/Schema"
import { SecretParameter } from "../asking/modelOptions.ts"
import type { GivenHeaders, Secret } from "../asking/secrets.ts"
import { plainParameters, type PlainServerOptions } from "../provider/hosted.ts"
import { apiKeyIn } from "../provider/ProviderDefinition.ts"

/** What all of its models have in common. */
export const openAIHome = {
  name: "OpenAI",
  providerId: "openai",
  hosts: /(^|\.)(openai\.com|openai\.azure\.com)$/,
  priceId: "openai",
  address: {
    option: "baseUrl",
    variable: "OPENAI_BASE_URL",
    fallback: () => "https://api.openai.com/v1"
  },
  key: apiKeyIn("OPENAI_API_KEY")
} as const

/** Options of all of its models but those that are asked in chats. */
export interface OpenAIServerOptions<Kwargs> extends PlainServerOptions<Kwargs> {
  /** Where the server is. Default `OPENAI_BASE_URL`, else `https://api.openai.com/v1`. */
  readonly baseUrl?: Secret | undefined
  /** Default `OPENAI_API_KEY`. */
  readonly apiKey?: Secret | undefined
  /** Further headers of every request. Their values are kept secret. */
  readonly defaultHeaders?: GivenHeaders | undefined
}

/** What `run({ parameters })` may set on them, besides generation kwargs. */
export const openAIServerParameters = {
  baseUrl: Schema.optionalKey(Schema.String),
  apiKey: Schema.optionalKey(SecretParameter),
  ...plainParameters
}
