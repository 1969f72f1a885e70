import { configDefaults, defineConfig, mergeConfig } from "vitest/config"
import all from "./vitest.config.ts"

/**
 * What answers within a minute: no tests that start commands, browsers or compilers, and none that
 * try hundreds of cases.
 */
export default mergeConfig(
  all,
  defineConfig({
    test: {
      // The library is loaded once for each worker, not for each file.
      isolate: false,
      exclude: [
        ...configDefaults.exclude,
        "test/{bench,cli,codegen,docs,python,report}/**",
        "test/document/{fuzz,python,roundTrip}.test.ts",
        "test/engine/identity/{Description,trust}.test.ts",
        "test/examples.test.ts",
        "test/engine/edits/**",
        "test/engine/{answers,budget,damage,estimate,joins,measures,random,reports,resume,spill,stages,threads}.test.ts",
        "test/data/{arrow,damage,files,formats,pushToHub,saving,text}.test.ts",
        "test/journal/{ResponseLog,SegmentIndex}.test.ts",
        "test/models/{answers,failures,limits,opening}.test.ts",
        "test/picture/{layout,svg}.test.ts",
        "test/run/{events,otlp}.test.ts",
        "test/secrets/everywhere.test.ts",
        "test/simulator/serve.test.ts",
        "test/steps/LoadDataFromHub.test.ts"
      ]
    }
  })
)
