/** `npm run docs`: writes the parts of the documentation that are made from the sources. */
import { mkdirSync, writeFileSync } from "node:fs"
import { toSvg } from "distilabel-ts"
import pipeline from "../examples/seedPipeline.ts"

mkdirSync("docs", { recursive: true })
writeFileSync("docs/seed-pipeline.svg", toSvg(pipeline))
