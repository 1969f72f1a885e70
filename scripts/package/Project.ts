/** A user's project: an empty folder in which the packed package is installed, with a few others. */
import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

/** Other tests are using the build that `npm test` has made: it is packed as it is. */
const isBuilt = process.env["DISTILABEL_TEST_BUILD"] === "1"

/** What must hold of the package. */
export type Check = readonly [what: string, holds: () => boolean | Promise<boolean>]

export class Project implements Disposable {
  readonly directory = mkdtempSync(join(tmpdir(), "distilabel-package-"))
  /** The packed package, as `npm install` takes it. */
  readonly tarball: string

  constructor() {
    const packed = JSON.parse(
      execFileSync(
        "npm",
        [
          "pack",
          "--json",
          "--pack-destination",
          this.directory,
          ...(isBuilt ? ["--ignore-scripts"] : [])
        ],
        { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }
      )
    ) as
      | ReadonlyArray<{ readonly filename: string }>
      | Readonly<Record<string, { readonly filename: string }>>
    this.tarball = `./${Object.values(packed)[0]!.filename}`
    this.write("package.json", '{ "name": "user", "private": true, "type": "module" }')
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true })
  }

  path(...parts: ReadonlyArray<string>): string {
    return join(this.directory, ...parts)
  }

  write(file: string, text: string): void {
    writeFileSync(this.path(file), text)
  }

  read(file: string): string {
    return readFileSync(this.path(file), "utf8")
  }

  /** Runs a command in the folder; throws, with what it has written, if it fails. */
  run(command: string, ...args: ReadonlyArray<string>): string {
    return execFileSync(command, args, {
      cwd: this.directory,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"]
    })
  }

  install(...packages: ReadonlyArray<string>): void {
    this.run("npm", "install", "--no-audit", "--no-fund", ...packages)
  }

  /** What a command writes, whether it fails or not. */
  output(command: string, ...args: ReadonlyArray<string>): string {
    try {
      return this.run(command, ...args)
    } catch (thrown) {
      const { stderr = "", stdout = "" } = thrown as { stdout?: string; stderr?: string }
      return stdout + stderr
    }
  }

  /** The files of packages that a program loads, which runs in a folder of the project. */
  loadedBy(folder: string, program: string, ...args: ReadonlyArray<string>): ReadonlyArray<string> {
    this.write("listing.mjs", listing)
    execFileSync(process.execPath, ["--import", this.path("listing.mjs"), program, ...args], {
      cwd: this.path(folder),
      stdio: ["ignore", "pipe", "pipe"]
    })
    const loaded = JSON.parse(this.read(join(folder, "loaded.json"))) as ReadonlyArray<string>
    return loaded.flatMap((url) =>
      /\/node_modules\//.test(url) ? [fileURLToPath(url).replaceAll("\\", "/")] : []
    )
  }
}

/** Writes down which files a program loads. */
const listing = `import { registerHooks } from "node:module"
import { writeFileSync } from "node:fs"
const loaded = []
registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) })
process.on("exit", () => writeFileSync("loaded.json", JSON.stringify(loaded)))
`
