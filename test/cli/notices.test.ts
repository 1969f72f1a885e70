import { expect, it } from "vitest"
import { command, folder } from "./command.ts"

// The compiler reads the library.

const file = "test/cli/pipelines/forgetful.ts"
const notices = [
  "Step 'dedup' is worked out again on every run: it uses what changes while it runs ('seen'). Give it a version to keep its rows.",
  "Step 'stamp' is worked out again on every run: it reads the time ('Date.now'). Give it a version to keep its rows."
]

it("check says of each step whose rows no run keeps why, in one line, without running anything", async () => {
  const { status, stdout } = await command(["check", file])
  expect(status).toBe(0)
  expect(stdout.trim().split("\n").slice(1)).toEqual(notices)
  expect(JSON.parse((await command(["check", file, "--json"])).stdout)).toMatchObject({
    problems: [],
    notices
  })
})

it("run says the same on stderr, and in its JSON", async () => {
  const env = { DISTILABEL_CACHE_DIR: folder(), NO_COLOR: "1" }
  const { stderr, stdout } = await command(["run", file, "--json", "--progress", "plain"], env)
  expect(stderr.split("\n").filter((line) => line.startsWith("note "))).toEqual(
    notices.map((notice) => `note ${notice}`)
  )
  expect(JSON.parse(stdout)).toMatchObject({ notices })
})
