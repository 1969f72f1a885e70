import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"

const folder = "docs/design"
const pages = readdirSync(folder)

/** Files and folders of the project that a page names, and pages that it links. */
const namedBy = (page: string): ReadonlyArray<string> => {
  const text = readFileSync(join(folder, page), "utf8")
  const files = [...text.matchAll(/`((?:src|test|test-d|test-messages|bench)\/[\w/.-]+)`/g)]
  const links = [...text.matchAll(/\]\(([\w./-]+\.md)\)/g)].map(([, to]) => join(folder, to!))
  return [...files.map(([, path]) => path!), ...links]
}

it.each(pages)("%s names files that are there", (page) => {
  const named = namedBy(page)
  expect(named.length).toBeGreaterThan(0)
  expect(named.filter((path) => !existsSync(path))).toEqual([])
})
