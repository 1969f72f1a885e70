import { describe, it } from "vitest"
import { behaviours, providers } from "./conformance.ts"

describe.each(providers)("$type", (provider) => {
  for (const { check, lacks = {}, name } of behaviours)
    if (!(provider.type in lacks)) it(name, () => check(provider))
})
