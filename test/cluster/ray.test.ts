import { spawn } from "node:child_process"
import { once } from "node:events"
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { expect, it } from "vitest"
import { rayScript } from "../../src/cluster/scripts.ts"
import { isRunning } from "../../src/disk/isRunning.ts"
import { command, folder } from "../cli/command.ts"
import { conditions, entry } from "../program.ts"
import { pythonWith } from "../python/python.ts"
import { answering } from "./answering.ts"
import { hasRedis, redisServer } from "./redisServer.ts"
import { hashesIn } from "./shardFiles.ts"

const { executable, missing } = pythonWith(["ray==2.58.0"])

it.skipIf(missing !== undefined || !hasRedis)(
  "workers that Ray has started on its nodes make the dataset of one process, and end with the script",
  { timeout: 240_000 },
  async () => {
    await using redis = await redisServer()
    await using model = await answering()
    const pipeline = resolve("test/cli/pipelines/sharded.ts")
    const [output, single] = [join(folder(), "run"), folder()]
    // Paths of its sockets must be short.
    const temporary = mkdtempSync("/tmp/ray-")
    const env = {
      TEST_URL: model.url,
      TEST_ROWS: "60",
      // Error rows tell where in a program they are from, as it is seen from the folder it runs in.
      TEST_FLOW: "plain",
      DISTILABEL_CACHE_DIR: folder(),
      DISTILABEL_REDIS: redis.address,
      RAY_TMPDIR: temporary,
      RAY_USAGE_STATS_ENABLED: "0"
    }
    // The program's folder, with the command where its packages are; the worker leaves its number.
    const program = folder()
    const binaries = join(program, "node_modules/.bin")
    const number = join(program, "worker")
    mkdirSync(binaries, { recursive: true })
    const own = [process.execPath, ...conditions, entry].join(" ")
    writeFileSync(
      join(binaries, "distilabel-ts"),
      `#!/bin/sh\necho $$ > ${number}\nexec ${own} "$@"\n`
    )
    chmodSync(join(binaries, "distilabel-ts"), 0o755)
    const script = join(program, "workers.py")
    writeFileSync(script, rayScript({ workers: 1, slots: 1 }))
    const ray = spawn(executable, [script], {
      cwd: program,
      env: { ...process.env, ...env },
      stdio: "ignore"
    })
    try {
      const [alone, many] = await Promise.all([
        command(["run", pipeline, "--output", single], env),
        command(["run", pipeline, "--cluster", "env", "--shards", "4", "--output", output], env)
      ])
      expect([alone.status, many.status], many.stderr).toEqual([0, 0])
      expect(hashesIn(output)).toEqual(hashesIn(single))
      const worker = Number(readFileSync(number, "utf8"))
      expect(isRunning(worker)).toBe(true)
      ray.kill("SIGINT")
      expect(await once(ray, "exit")).toEqual([130, null])
      await expect.poll(() => isRunning(worker)).toBe(false)
    } finally {
      ray.kill("SIGKILL")
      rmSync(temporary, { recursive: true, force: true })
    }
  }
)
