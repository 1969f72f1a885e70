/** `npm run docs`: writes the parts of the documentation that are made from the sources. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { toSvg } from "distilabel-ts"
import pipeline from "../examples/seedPipeline.ts"
import { galleryPage } from "./galleryPage.ts"
import { modelsPage } from "./modelsPage.ts"
import { withRoomsTable } from "./roomsTable.ts"
import { stepDocs } from "./stepDocs.ts"
import { stepPages } from "./stepPages.ts"

const folder = "docs/steps"
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
const docs = stepDocs()
for (const [name, text] of stepPages(docs)) writeFileSync(join(folder, name), text)
writeFileSync("docs/gallery.md", galleryPage(docs))
writeFileSync("docs/models.md", modelsPage())
writeFileSync("docs/seed-pipeline.svg", toSvg(pipeline))
writeFileSync("CONTRIBUTING.md", withRoomsTable(readFileSync("CONTRIBUTING.md", "utf8")))
