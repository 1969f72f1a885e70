/** `distilabel-ts init`: the folder of a new project. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { basename, join, resolve } from "node:path"
import { DataError } from "../data/rows/DataError.ts"
import { localOffer, localServers } from "./localServers.ts"
import { type NewProject, projectFiles } from "./newProject.ts"
import { UsageError } from "./UsageError.ts"
import { writeText } from "./writeText.ts"

/** Runs the command; gives the exit code. */
export const initCommand = async (
  directory: string,
  { name: given }: { readonly name: string | undefined }
): Promise<number> => {
  const name = given ?? packageName(basename(resolve(directory)))
  if (given !== undefined && given !== packageName(given))
    throw new UsageError(
      "init",
      `--name takes the name of a package: small letters, digits, '-', '_' and '.', not '${given}'`
    )
  refuseFilled(directory)
  const files = projectFiles({ name, ...versions() })
  for (const [file, text] of Object.entries(files)) writeText(join(directory, file), text)
  const offer = localOffer(await localServers())
  console.log(
    [
      `${Object.keys(files).length} files written to ${directory}: ${Object.keys(files).join(", ")}`,
      "",
      ...(resolve(directory) === process.cwd() ? [] : [`  cd ${directory}`]),
      "  npm install",
      "  npm start            # with simulated models: no keys, no costs",
      "  npm run live         # with the real one, and OPENAI_API_KEY from .env or the environment",
      ...(offer === "" ? [] : ["", offer])
    ].join("\n")
  )
  return 0
}

/** A folder with anything in it is somebody's. */
const refuseFilled = (directory: string): void => {
  if (!existsSync(directory)) return
  if (!statSync(directory).isDirectory())
    throw new DataError({
      action: "write",
      path: directory,
      detail: "it is a file, and a folder is needed. Choose another name."
    })
  const files = readdirSync(directory).filter((file) => file !== ".git")
  if (files.length > 0)
    throw new DataError({
      action: "write",
      path: directory,
      detail: `there is something in this folder (${files.slice(0, 3).join(", ")}${files.length > 3 ? ", …" : ""}). Choose another one, or empty it.`
    })
}

const packageName = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, "-")
    .replaceAll(/^[._-]+|-+$/g, "")
    .slice(0, 200) || "pipeline"

/** The versions that this library was made with. */
const versions = (): Omit<NewProject, "name"> => {
  const own = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    readonly version: string
    readonly engines: { readonly node: string }
    readonly peerDependencies: Readonly<Record<string, string>>
    readonly devDependencies: Readonly<Record<string, string>>
  }
  return {
    library: own.version,
    node: own.engines.node,
    effect: own.peerDependencies["effect"]!,
    typescript: own.devDependencies["typescript"]!,
    nodeTypes: own.devDependencies["@types/node"]!
  }
}
