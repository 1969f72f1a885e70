/**
 * Stories: what is said about a dataset besides its rows. Whoever made the rows knows it; whoever
 * writes them asks.
 */
import type { OtherMetadata } from "./cardFrontMatter.ts"
import type { SaveFormat } from "./splitFiles.ts"
import type { SavedSubset } from "./writeSplits.ts"

/** What is known of a dataset once its rows are written. */
export interface DatasetFacts {
  /** Its name on the Hub, if it goes there. */
  readonly repo?: string | undefined
  readonly subsets: ReadonlyArray<SavedSubset>
  readonly format: SaveFormat
  /** What came along from steps: `STEP/NAME`, with what they say of it. */
  readonly artifacts: ReadonlyArray<ArtifactFacts>
  /** Whether the pipeline's source was asked for. */
  readonly withScript: boolean
}

/** Files that a step saved. */
export interface ArtifactFacts {
  readonly step: string
  readonly name: string
  readonly metadata: Readonly<Record<string, unknown>>
}

export interface Told {
  /** The card, in Markdown. */
  readonly card: string
  /** Tags and others, for the card's front matter. */
  readonly metadata: OtherMetadata
  /** Texts of files that go beside it, by name: `pipeline.yaml`, … */
  readonly files: Readonly<Record<string, string>>
}

export interface Story {
  readonly tell: (facts: DatasetFacts) => Promise<Told>
}

/** What can be told of any dataset. */
export const plainStory: Story = {
  tell: async ({ repo, subsets }) => ({
    card: `# ${repo?.split("/").at(-1) ?? "Dataset"}\n\nSynthetic data, made with distilabel-ts: ${subsets.map(({ config, splits }) => `\`${config}\` (${splits.map(({ examples, name }) => `${name}: ${examples.toLocaleString("en")} rows`).join(", ")})`).join("; ")}.\n`,
    metadata: { tags: ["synthetic", "distilabel", "distilabel-ts"] },
    files: {}
  })
}
