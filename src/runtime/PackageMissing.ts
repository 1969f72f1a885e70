/** Packages that a project may do without: what says so where one is needed and not installed. */
import * as Schema from "effect/Schema"

/** Something needs a package that the project has not installed. */
export class PackageMissing extends Schema.TaggedError<PackageMissing>()("PackageMissing", {
  /** The name that `npm i` takes. */
  package: Schema.String,
  /** What needs it: `an Arrow file`. */
  need: Schema.String
}) {
  /** The sentence without its subject. */
  get predicate(): string {
    return `needs the package ${this.package}, which is not installed: npm i ${this.package}`
  }

  override get message(): string {
    return `${this.need} ${this.predicate}`
  }
}

/**
 * Turns the failure to import a package, or one that comes with it, into a `PackageMissing`, as the
 * handler of a dynamic `import` of it: bundlers then leave a package alone that is not there.
 */
export const optionalPackage =
  (name: string, need: string, ...parts: ReadonlyArray<string>) =>
  (thrown: unknown): never => {
    throw [name, ...parts].some((each) => isMissing(thrown, each))
      ? new PackageMissing({ package: name, need })
      : thrown
  }

const isMissing = (thrown: unknown, name: string): boolean =>
  thrown instanceof Error &&
  "code" in thrown &&
  thrown.code === "ERR_MODULE_NOT_FOUND" &&
  ["'", "/"].some((end) => thrown.message.includes(`'${name}${end}`))
