import fc from "fast-check"
import { expect, it } from "vitest"
import { identify } from "../../src/engine/identity/identify.ts"
import { fromJsonPromise, fromYamlPromise, toJsonPromise, toYamlPromise } from "../../src/index.ts"
import { essence, holdsSecrets, randomPipelines } from "./graphs.ts"
import * as module from "./module.ts"

const modules = { "./module.ts": module }
const quiet = { modules, onWarning: () => undefined }

/** The pipeline without what its document said, so that it is written by what it is. */
const forgetful = <P extends object>(pipeline: P): P => {
  const { missing, said, source, warnings, ...rest } = pipeline as Record<string, unknown>
  expect([missing, said, source, warnings]).not.toContain(undefined)
  return rest as P
}

it("a random pipeline comes back from YAML and JSON as it was, and runs go on where they were", async () => {
  await fc.assert(
    fc.asyncProperty(randomPipelines, async (pipeline) => {
      const yaml = await toYamlPromise(pipeline, quiet)
      const loaded = await fromYamlPromise(yaml, { modules })
      expect(essence(loaded)).toEqual(essence(pipeline))
      expect(loaded.missing).toEqual([])
      if (!holdsSecrets(pipeline))
        expect((await identify(loaded.graph)).signature).toBe(
          (await identify(pipeline.graph)).signature
        )
      expect(await toYamlPromise(loaded, quiet)).toBe(yaml)
      expect(await toYamlPromise(forgetful(loaded), quiet)).toBe(yaml)
      const json = await toJsonPromise(pipeline, quiet)
      expect(essence(await fromJsonPromise(json, { modules }))).toEqual(essence(pipeline))
      expect(yaml).not.toMatch(/secretsecret|sk-secret/)
    }),
    {
      numRuns: 150,
      reporter: (out) => {
        // The graph itself fills pages; its document says what it is.
        if (out.failed)
          throw new Error(
            `seed ${out.seed}, path ${out.counterexamplePath}: ${String(out.errorInstance)}`,
            { cause: out.errorInstance }
          )
      }
    }
  )
})
