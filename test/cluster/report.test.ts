import { existsSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { readFigures } from "../../src/report/figures/RunFigures.ts"
import { command, folder } from "../cli/command.ts"
import { collector, type Span } from "../run/collector.ts"
import { answering } from "./answering.ts"
import { hasRedis, redisServer } from "./redisServer.ts"
import { linesIn } from "./shardFiles.ts"

const timeout = 240_000
const pipeline = "test/cli/pipelines/sharded.ts"

describe.skipIf(!hasRedis)("a run over Redis", () => {
  it(
    "writes the report of the whole run with a lane for each worker, and its spans link coordinator, shard and request",
    { timeout },
    async () => {
      await using redis = await redisServer()
      await using model = await answering({ latencyMs: () => 20 })
      await using at = await collector()
      const output = join(folder(), "run")
      const done = await command(
        ["run", pipeline, "--cluster", "env", "--workers", "2", "--shards", "6"].concat(
          ["--output", output],
          ["--otlp", at.url]
        ),
        { TEST_URL: model.url, TEST_ROWS: "60", DISTILABEL_REDIS: redis.address }
      )
      expect([done.status, done.stdout]).toEqual([0, expect.stringContaining("report.html")])
      expect(existsSync(join(output, "report.html"))).toBe(true)

      const figures = readFigures(output)!
      expect(figures).toMatchObject({ through: 60, total: 60, sessions: [{ end: "finished" }] })
      const { model: asked, rows } = figures.steps.find(({ name }) => name === "ask")!
      expect(rows).toMatchObject({ received: 60, done: 60, failed: 0 })
      expect(asked).toMatchObject({ requests: 60, inputTokens: 60, attempts: [60] })
      expect(asked!.latency.count).toBe(60)
      const [lanes, ...others] = figures.workers!.workers
      expect([lanes!.shards, lanes!.slots.length, others]).toEqual([6, 2, []])
      expect(figures.workers!.shardMs.count).toBe(6)
      expect(figures.timeline.rows.reduce((sum, count) => sum + count, 0)).toBeCloseTo(60)

      const byId = new Map(at.spans.map((span) => [span.spanId, span]))
      const parent = ({ parentSpanId = "" }: Span): Span => byId.get(parentSpanId)!
      const [root, ...more] = at.spans.filter(({ name }) => name === "run sharded")
      expect([root!.parentSpanId ?? "", more]).toEqual(["", []])
      const requests = at.spans.filter(({ name }) => name === "chat ask")
      expect(requests).toHaveLength(60)
      const shards = requests.map((request) => parent(parent(request)))
      expect(new Set(shards.map(({ name }) => name)).size).toBe(6)
      expect(new Set(shards.map(parent))).toEqual(new Set([root]))
      expect(new Set(at.spans.map(({ traceId }) => traceId)).size).toBe(1)
    }
  )

  it(
    "that was stopped because too many rows fail asks with --retry-failed for those that failed, and for no other again",
    { timeout },
    async () => {
      await using redis = await redisServer()
      let isIll = true
      await using model = await answering({ refuses: (asked) => isIll && asked % 3 > 0 })
      const output = join(folder(), "run")
      const run = (...more: ReadonlyArray<string>) =>
        command(
          ["run", pipeline, "--cluster", "env", "--workers", "2", "--shards", "20"].concat(
            ["--output", output],
            more
          ),
          {
            TEST_URL: model.url,
            TEST_ROWS: "400",
            TEST_FLOW: "global",
            DISTILABEL_REDIS: redis.address
          }
        )
      const stopped = await run()
      expect([stopped.status, stopped.stderr]).toEqual([
        3,
        expect.stringMatching(/at 'ask' \d+ of \d+ rows failed.*The same run with --retry-failed/s)
      ])
      isIll = false
      const before = model.answered()
      expect(before).toBeGreaterThan(0)
      const done = await run("--retry-failed")
      expect([done.status, done.stderr]).toEqual([0, expect.stringContaining("again")])
      // A seventh of the rows fails before it comes to the model, the others are asked for twice.
      const asking = Array.from({ length: 400 }, (_, n) => n).filter((n) => n % 7 !== 3)
      expect(model.answered()).toBe(2 * asking.length)
      expect(new Set(linesIn(join(output, "default.jsonl")).map(({ n }) => n))).toEqual(
        new Set(asking.filter((n) => n % 4 > 0).toReversed())
      )
    }
  )
})
