import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { command, folder, started } from "../cli/command.ts"
import { answering } from "./answering.ts"
import { encryptedRedis, hasRedis, redisServer } from "./redisServer.ts"
import { hashesIn } from "./shardFiles.ts"

const pipeline = "test/cli/pipelines/sharded.ts"
const timeout = 240_000

const childrenOf = (pid: number): ReadonlyArray<number> =>
  execFileSync("ps", ["-o", "pid=", "--ppid", String(pid)], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map(Number)

describe.skipIf(!hasRedis)("a run over Redis", () => {
  it.each(["routed by batch", "global"])(
    "of a graph that is %s gives the files of one process, and asks again only what was in flight, though its slot, worker, coordinator and Redis are killed, and its Redis is emptied",
    { timeout },
    async (flow) => {
      await using redis = await redisServer()
      await using model = await answering({ latencyMs: () => 40 })
      const [output, single] = [join(folder(), "run"), folder()]
      const env = {
        TEST_URL: model.url,
        TEST_ROWS: flow === "global" ? "120" : "160",
        TEST_FLOW: flow,
        TEST_CONCURRENCY: "16",
        DISTILABEL_CACHE_DIR: folder()
      }
      expect((await command(["run", pipeline, "--output", single], env)).status).toBe(0)
      const before = model.asked()
      const worker = () => started(["worker", redis.address, "--slots", "2"], env)
      const run = () =>
        started(
          ["run", pipeline, "--cluster", redis.address, "--shards", "12", "--output", output],
          env
        )
      const asks = (share: number) =>
        expect.poll(() => (model.asked() - before) / before, { interval: 5 }).toBeGreaterThan(share)
      const workers = [worker(), worker()]
      const first = run()
      await asks(0.1)
      process.kill(childrenOf(workers[0]!.child.pid!)[0]!, "SIGKILL")
      await asks(0.25)
      // Whoever waits for its shard waits for its lease, unless Redis forgets that: below.
      if (flow !== "global") workers[1]!.child.kill("SIGKILL")
      await asks(0.4)
      first.child.kill("SIGKILL")
      await first.ended
      const second = run()
      await asks(0.55)
      await redis.restart()
      await asks(0.7)
      await redis.client.flushall()
      const [status] = await second.ended
      expect([status, second.told.stderr]).toEqual([0, expect.stringContaining("begun before")])
      expect(hashesIn(output)).toEqual(hashesIn(single))
      // At most what two slots of one worker, or one of them, had in flight at each of the kills.
      expect(model.asked() - before).toBeLessThanOrEqual(before + 5 * 16)
      for (const { child } of workers) child.kill("SIGTERM")
      expect(await workers[0]!.ended).toEqual([143, null])
      expect(workers[0]!.told.stderr).toMatch(/the process at shard [/\d]+ ended \(SIGKILL\)/)
    }
  )

  it(
    "keeps the limits of a model and the budgets over all its workers, and goes on after a stop with what is answered",
    { timeout },
    async () => {
      await using redis = await redisServer()
      // First the pace keeps requests back, later that each takes longer.
      await using model = await answering({ latencyMs: (asked) => (asked < 60 ? 100 : 250) })
      const env = {
        TEST_URL: model.url,
        TEST_ROWS: "100",
        TEST_CONCURRENCY: "3",
        TEST_RPM: "1200",
        DISTILABEL_REDIS: redis.address,
        DISTILABEL_CACHE_DIR: folder()
      }
      const output = join(folder(), "run")
      const other = started(["worker", "--slots", "2"], env)
      const run = (...more: ReadonlyArray<string>) =>
        command(
          ["run", pipeline, "--cluster", "env", "--workers", "2", "--shards", "4"].concat(
            ["--output", output],
            more
          ),
          env
        )
      const stopped = await run("--max-tokens", "60")
      expect([stopped.status, stopped.stderr]).toEqual([
        4,
        expect.stringMatching(/has reached its --max-tokens \(\d+ of 60\)/)
      ])
      // Two tokens an answer, three of them in flight, and a fifth of a second of spending.
      expect(model.asked()).toBeLessThan(30 + 3 + 10)
      expect(stopped.stderr).toContain(`(${2 * model.asked()} of 60)`)
      const done = await run()
      expect([done.status, done.stdout]).toEqual([0, expect.stringContaining("100 rows")])
      expect(model.asked()).toBe(100)
      expect(model.most()).toBe(3)
      // A second's worth at once at most, and twenty a second from then on.
      const [began] = model.times()
      for (const [i, at] of model.times().entries())
        expect(i + 1).toBeLessThanOrEqual(20 + ((at - began!) / 1000) * 20 + 3)
      other.child.kill("SIGINT")
      await other.ended
    }
  )

  it(
    "whose last shard is slow gives it the requests that idle slots could have",
    { timeout },
    async () => {
      await using redis = await redisServer()
      await using model = await answering({ latencyMs: () => 1000 })
      const env = {
        TEST_URL: model.url,
        TEST_ROWS: "400",
        TEST_CONCURRENCY: "",
        DISTILABEL_REDIS: redis.address,
        DISTILABEL_CACHE_DIR: folder()
      }
      const done = await command(
        ["run", pipeline, "--cluster", "env", "--workers", "4", "--shards", "1"].concat([
          "--output",
          join(folder(), "run")
        ]),
        env
      )
      expect([done.status, done.stdout]).toEqual([0, expect.stringContaining("400 rows")])
      expect(model.asked()).toBe(400)
      // 64 are what a slot has by itself.
      expect(model.most()).toBeGreaterThan(64)
      expect(model.most()).toBeLessThanOrEqual(4 * 64)
    }
  )

  it(
    "goes over TLS with a password, to a server whose certificate is trusted, and to no other",
    { timeout },
    async () => {
      await using redis = await encryptedRedis("let-me-in")
      await using model = await answering()
      const env = { TEST_URL: model.url, TEST_ROWS: "8", DISTILABEL_REDIS: redis.address }
      const run = (more: Readonly<Record<string, string>>) =>
        command(
          ["run", pipeline, "--cluster", "env", "--workers", "1", "--output"].concat(
            join(folder(), "run")
          ),
          { ...env, ...more }
        )
      await expect
        .poll(async () => (await run({ NODE_EXTRA_CA_CERTS: redis.cert })).stdout, { timeout })
        .toContain("8 rows")
      const untrusted = await run({})
      expect([untrusted.status, untrusted.stderr]).toEqual([
        1,
        expect.stringMatching(/No Redis can be used at rediss:[^]*certificate/)
      ])
      const stranger = redis.address.replace("let-me-in", "guessed")
      const refused = await run({
        NODE_EXTRA_CA_CERTS: redis.cert,
        DISTILABEL_REDIS: stranger
      })
      expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining("WRONGPASS")])
      expect(untrusted.stderr + refused.stderr).not.toMatch(/let-me-in|guessed/)
    }
  )

  it(
    "is not taken by a worker with other code, which says so to both; one with the same code makes the dataset",
    { timeout },
    async () => {
      await using redis = await redisServer()
      await using model = await answering()
      const env = { TEST_URL: model.url, TEST_ROWS: "20", DISTILABEL_CACHE_DIR: folder() }
      const password = "not-to-be-seen-anywhere"
      await redis.client.config("SET", "requirepass", password)
      const address = redis.address.replace("//", `//:${password}@`)
      const output = join(folder(), "run")
      const other = started(["worker"], {
        ...env,
        TEST_FLOW: "two leaves",
        DISTILABEL_REDIS: address
      })
      const run = started(["run", pipeline, "--cluster", address, "--output", output], env)
      const refusal = /of signature \S{12}, and here it is \S{12}: /
      await expect.poll(() => other.told.stderr).toMatch(refusal)
      await expect.poll(() => run.told.stderr).toMatch(refusal)
      const status = await command(["cluster", "status", address], env)
      expect(status.stdout).toMatch(/no workers[^]* does not take it: .* of signature/)
      const same = started(["worker", address, "--slots", "1"], env)
      expect([(await run.ended)[0], run.told.stdout]).toEqual([
        0,
        expect.stringContaining("20 rows")
      ])
      for (const { child } of [other, same]) child.kill("SIGTERM")
      await Promise.all([other.ended, same.ended])
      const all = [run, other, same].map(({ told }) => told.stdout + told.stderr).join("")
      expect(all + status.stdout + readFileSync(join(output, "run.json"), "utf8")).not.toContain(
        password
      )
      const missing = await command(["worker", "redis://127.0.0.1:9"], env)
      expect([missing.status, missing.stderr]).toEqual([
        1,
        expect.stringContaining("apt install redis-server")
      ])
    }
  )
})
