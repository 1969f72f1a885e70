/** The files that Python's `load_from_disk` wants beside Arrow files. */
import { hash } from "node:crypto"
import { writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import { features } from "../files/columns/savedFeatures.ts"
import type { SavedSubset } from "./writeSplits.ts"

export const writeArrowState = (
  directory: string,
  { config, fields, splits }: SavedSubset
): void => {
  const folder = join(directory, config)
  const json = (path: string, value: unknown): void =>
    writeFileSync(join(folder, path), JSON.stringify(value, undefined, 2))
  json("dataset_dict.json", { splits: splits.map(({ name }) => name) })
  for (const { bytes, examples, files, name } of splits) {
    json(join(name, "state.json"), {
      _data_files: files.map(({ path }) => ({ filename: basename(path) })),
      _fingerprint: hash("sha256", JSON.stringify([config, name, fields, files])).slice(0, 16),
      _format_columns: null,
      _format_kwargs: {},
      _format_type: null,
      _output_all_columns: false,
      _split: name
    })
    json(join(name, "dataset_info.json"), {
      citation: "",
      description: "",
      features: features(fields),
      homepage: "",
      license: "",
      splits: { [name]: { name, num_bytes: bytes, num_examples: examples } }
    })
  }
}
