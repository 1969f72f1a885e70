import { expect, it } from "vitest"
import { entry } from "../program.ts"
import { started } from "./command.ts"

const as = (version: string): string =>
  `data:text/javascript,Object.defineProperty(process.versions,"node",{value:"${version}"})`

it.each(["20.20.2", "22.18.0"])("Node %s gets one sentence", async (version) => {
  const { ended, told } = started(["--import", as(version), entry, "--version"], {}, undefined, {
    node: true
  })
  expect(await ended).toEqual([1, null])
  expect(told.stdout).toBe("")
  expect(told.stderr).toMatch(
    new RegExp(`^distilabel-ts needs Node 22\\.19 or newer, and this is Node ${version}\\. .*\\n$`)
  )
})

it.each(["22.19.0", "24.0.0"])("Node %s is new enough", async (version) => {
  const { ended, told } = started(["--import", as(version), entry, "--version"], {}, undefined, {
    node: true
  })
  expect(await ended).toEqual([0, null])
  expect(told.stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
})
