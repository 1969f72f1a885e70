/**
 * The front matter of a dataset's README: what it says of configurations and columns, in YAML
 * between two lines of dashes.
 */

export type FrontMatter = Readonly<Record<string, unknown>>

/**
 * What the README says; nothing where it has no front matter. Throws an Error that says what is
 * wrong with the YAML.
 */
export const frontMatterOf = async (readme: string | undefined): Promise<FrontMatter> => {
  const [, yaml] = /^\uFEFF?---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|$)/s.exec(readme ?? "") ?? []
  if (yaml === undefined) return {}
  const { parse } = await import("yaml")
  const parsed: unknown = parse(yaml)
  return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)
    ? (parsed as FrontMatter)
    : {}
}

/** How many rows the README says a split has; undefined if it does not. */
export const examplesIn = (
  { dataset_info: info }: FrontMatter,
  config: string,
  split: string
): number | undefined => {
  const infos = [info]
    .flat()
    .filter((item) => typeof item === "object" && item !== null) as ReadonlyArray<
    Readonly<Record<string, unknown>>
  >
  const described =
    infos.length === 1 && infos[0]!["config_name"] === undefined
      ? infos[0]
      : infos.find(({ config_name: name }) => name === config)
  const splits = described?.["splits"]
  const found: unknown = Array.isArray(splits)
    ? splits.find((item) => (item as { readonly name?: unknown } | null)?.name === split)
    : undefined
  const { num_examples: examples } = (found ?? {}) as { readonly num_examples?: unknown }
  return typeof examples === "number" ? examples : undefined
}
