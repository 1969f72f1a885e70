import { execFileSync } from "node:child_process"
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, it } from "vitest"
import { rayScript } from "../../src/cluster/scripts.ts"

it("the script for Ray is Python, and starts as many workers as were wanted, each with its slots", () => {
  const path = join(mkdtempSync(join(tmpdir(), "distilabel-ray-")), "workers.py")
  writeFileSync(path, rayScript({ workers: 3, slots: 8 }))
  // Ray itself is played by what counts its calls; ray.test.ts has the real one, of one node.
  const played = `
import runpy, sys, types
ray, started = types.ModuleType("ray"), []
ray.remote = lambda **options: lambda f: types.SimpleNamespace(remote=lambda *a: started.append((options, a)) or len(started))
ray.init = lambda: None
ray.get = lambda all: [0 for _ in all]
sys.modules["ray"] = ray
try:
    runpy.run_path(sys.argv[1], run_name="__main__")
except SystemExit as end:
    print(end.code, len(started), started[0][0]["num_cpus"], started[0][1][1])
`
  const told = execFileSync("python3", ["-c", played, path], {
    encoding: "utf8",
    env: { ...process.env, DISTILABEL_REDIS: "redis://here:1" }
  })
  expect(told).toBe("0 3 8 redis://here:1\n")
})
