/** Files that lie beside rows and hold none. */
export const notRows: ReadonlySet<string> = new Set([
  "README.md",
  "config.json",
  "dataset_info.json",
  "dataset_infos.json",
  "dataset_dict.json",
  "state.json",
  "dummy_data.zip"
])
