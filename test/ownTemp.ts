/**
 * Temporary folders of tests lie in one, which goes when they are through. It lies in memory where
 * there is plenty: tests make many thousands of small files.
 */
import { spawnSync } from "node:child_process"
import { chmodSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs"
import { freemem, tmpdir } from "node:os"
import { join } from "node:path"
import { isRunning } from "../src/disk/isRunning.ts"

const inMemory = "/dev/shm"
const plenty = 8 * 2 ** 30
const prefix = "distilabel-tests-"

const remove = (folder: string): void =>
  // A process that a test has left may still write into it.
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })

/** Whether memory holds so much that nobody misses it, and commands can be started from there. */
const isRoomy = (): boolean => {
  try {
    const { bavail, bsize } = statfsSync(inMemory)
    if (Math.min(bavail * bsize, freemem()) < plenty) return false
    for (const name of readdirSync(inMemory)) {
      const pid = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length), 10) : NaN
      if (!Number.isNaN(pid) && !isRunning(pid)) remove(join(inMemory, name))
    }
    const folder = mkdtempSync(join(inMemory, "distilabel-probe-"))
    const command = join(folder, "command")
    writeFileSync(command, "#!/bin/sh\nexit 0\n")
    chmodSync(command, 0o755)
    const { status } = spawnSync(command)
    remove(folder)
    return status === 0
  } catch {
    return false
  }
}

export default (): (() => void) => {
  const folder = mkdtempSync(join(isRoomy() ? inMemory : tmpdir(), `${prefix}${process.pid}.`))
  process.env["TMPDIR"] = folder
  return () => remove(folder)
}
