import { defineConfig } from "vitest/config"
import { BaseSequencer, type TestSpecification } from "vitest/node"
import all from "./vitest.config.ts"

/** Tests that start commands, browsers or compilers, or try hundreds of cases. */
export const slow = [
  "test/{bench,cli,codegen,docs,python,report}/**/*.test.ts",
  "test/document/{fuzz,python,roundTrip}.test.ts",
  "test/engine/identity/{Description,trust}.test.ts",
  "test/examples.test.ts",
  "test/examples/programs.test.ts",
  "test/engine/edits/**/*.test.ts",
  "test/engine/{answers,batches,batchKills,budget,damage,estimate,files,joins,measures,random,reports,resume,sharedBudget,spill,stages,threads}.test.ts",
  "test/data/{arrow,damage,files,formats,parquet,pushToHub,saving,text}.test.ts",
  "test/data/stores/*.test.ts",
  "test/journal/{ResponseLog,SegmentIndex}.test.ts",
  "test/models/{answers,conformance,failures,huggingface,inProcessLLMs,limits,opening,owned,promptCache,stalls}.test.ts",
  "test/picture/{layout,svg}.test.ts",
  "test/run/{events,otlp}.test.ts",
  "test/cluster/{inCode,parts,ray,redis,report,shards,stores}.test.ts",
  "test/secrets/everywhere.test.ts",
  "test/simulator/serve.test.ts",
  "test/step/{asking,inThreads}.test.ts",
  "test/gallery/{calling,generators,simulated}.test.ts",
  "test/tasks/calling.test.ts",
  "test/steps/{LoadDataFromHub,mappings}.test.ts",
  "test/steps/filter/MinHashDedup.test.ts",
  "test/steps/calls/APIGenExecutionChecker.test.ts"
]

/** Those that take minutes, the longest first: begun last, one would keep a core waiting. */
const longest = [
  "engine/random",
  "codegen/inspect",
  "cli/stopping",
  "cluster/shards",
  "cluster/redis",
  "cli/leaving",
  "engine/batchKills",
  "bench/damage",
  "gallery/simulated",
  "cluster/inCode",
  "codegen/pipelineSource",
  "cli/source",
  "cli/documents",
  "python/datasets",
  "data/stores/stores"
]

class LongestFirst extends BaseSequencer {
  override async sort(files: ReadonlyArray<TestSpecification>): Promise<Array<TestSpecification>> {
    const sorted = await super.sort([...files])
    const placeOf = ({ moduleId }: TestSpecification): number => {
      const place = longest.findIndex((name) => moduleId.endsWith(`test/${name}.test.ts`))
      return place === -1 ? longest.length : place
    }
    return sorted.toSorted((a, b) => placeOf(a) - placeOf(b))
  }
}

/** These look at what the functions of a step reach, which is all that their worker has loaded. */
const alone = ["test/engine/identity/{Description,trust}.test.ts"]

const shared = {
  ...all.test,
  globalSetup: [],
  // One worker more than there are cores: many of these wait, for signals, limits and servers, more than they work.
  maxWorkers: 3
}

export default defineConfig({
  test: {
    globalSetup: all.test!.globalSetup!,
    sequence: { sequencer: LongestFirst },
    projects: [
      { ...all, test: { ...shared, name: "alone", include: alone } },
      {
        ...all,
        // The library is loaded once for each worker, not for each file.
        test: { ...shared, name: "together", include: slow, exclude: alone, isolate: false }
      }
    ]
  }
})
