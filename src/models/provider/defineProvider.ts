/** Providers, made of what they bring: each describes the models that it answers for. */
import { addressIdentity } from "../../secrets/addresses.ts"
import { concealedAddress } from "../../secrets/redact.ts"
import { describe, type Kind } from "../asking/modelOptions.ts"
import { concealed, concealedHeaders, type Secret } from "../asking/secrets.ts"
import type { LLM } from "../chat/LLM.ts"
import type { ModelDocument } from "./ModelDocument.ts"
import { openModel } from "./openModel.ts"
import { addressOf, type ProviderDefinition, type ProviderOptions } from "./ProviderDefinition.ts"

/** A provider, ready to describe models. */
export interface Provider<Options extends ProviderOptions = ProviderOptions> {
  readonly type: string
  readonly document: ModelDocument
  readonly describe: <Described extends LLM>(options: Options) => Described
}

/** Makes a provider of what it brings. */
export const defineProvider = <Options extends ProviderOptions>(
  definition: ProviderDefinition<Options>
): Provider<Options> => {
  const kind: Kind<Options> = {
    type: definition.type,
    parameters: definition.parameters,
    priceId: definition.priceId,
    isFree: definition.isFree ?? false,
    ...(definition.named === undefined ? {} : { named: definition.named }),
    conceal: (options) => concealedOptions(definition, options),
    address: (options) => addressIdentity(addressOf(definition, options).value),
    open: (options) => openModel(definition, options)
  }
  return {
    type: definition.type,
    document: definition.document,
    describe: (options) => describe(kind, options)
  }
}

const concealedOptions = <Options extends ProviderOptions>(
  { address, conceal, key }: ProviderDefinition<Options>,
  options: Options
): Options => {
  const url = options[address.option] as Secret | undefined
  const secret = key === undefined ? undefined : (options[key.option] as Secret | undefined)
  const { defaultHeaders } = options
  return {
    ...options,
    ...(url === undefined ? {} : { [address.option]: concealedAddress(url) }),
    ...(key === undefined || secret === undefined ? {} : { [key.option]: concealed(secret) }),
    ...(defaultHeaders === undefined ? {} : { defaultHeaders: concealedHeaders(defaultHeaders) }),
    ...conceal?.(options)
  }
}
