import { configDefaults, defineConfig, mergeConfig } from "vitest/config"
import all from "./vitest.config.ts"
import { slow } from "./vitest.slow.config.ts"

/** What answers within a minute. */
export default mergeConfig(
  all,
  defineConfig({
    test: {
      // The library is loaded once for each worker, not for each file.
      isolate: false,
      exclude: [...configDefaults.exclude, ...slow]
    }
  })
)
