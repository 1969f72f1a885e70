/** vLLM's command: the options that all its servers take, and how they are passed on. */
import * as Schema from "effect/Schema"
import type { ModelField } from "../provider/ModelDocument.ts"
import { flags } from "./defineOwned.ts"

/** Options that go to vLLM's command as they are. */
export interface VLLMCommandOptions {
  /** The type of weights and activations: `auto`, `bfloat16`, … */
  readonly dtype?: string | undefined
  readonly quantization?: string | undefined
  readonly revision?: string | undefined
  readonly trustRemoteCode?: boolean | undefined
  readonly seed?: number | undefined
  /** Further arguments by name, as Python's class takes them: `{ tensor_parallel_size: 2 }`. */
  readonly extraKwargs?: Readonly<Record<string, unknown>> | undefined
}

/** Their keys in documents. */
export const vLLMFields: ReadonlyArray<ModelField> = [
  { key: "dtype", holds: Schema.String, python: true },
  { key: "quantization", holds: Schema.String, python: true },
  { key: "revision", holds: Schema.String, python: true },
  { key: "trust_remote_code", holds: Schema.Boolean, python: true },
  { key: "seed", holds: Schema.Int, python: true },
  { key: "extra_kwargs", holds: Schema.Record(Schema.String, Schema.Unknown), python: true }
]

/** The arguments that serve a model at a port; `more` are those of one class, by their names. */
export const serveArguments = (
  {
    dtype,
    extraKwargs = {},
    model,
    quantization,
    revision,
    seed,
    trustRemoteCode
  }: VLLMCommandOptions & { readonly model: string },
  port: number,
  more: Readonly<Record<string, unknown>>
): ReadonlyArray<string> => [
  "serve",
  model,
  ...flags({
    host: "127.0.0.1",
    port,
    dtype,
    quantization,
    revision,
    ...more,
    "trust-remote-code": trustRemoteCode,
    seed,
    ...dashed(extraKwargs)
  })
]

/** Names of Python as the command spells them. */
const dashed = (given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name.replaceAll("_", "-"), value])
  )
