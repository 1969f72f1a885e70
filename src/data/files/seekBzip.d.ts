/** The part of seek-bzip that is used here; it has no types. */

declare module "seek-bzip" {
  const bunzip: {
    /** Decompresses a file, with all its streams one after the other if `multistream`. */
    readonly decode: (compressed: Uint8Array, output: undefined, multistream: boolean) => Buffer
  }
  export default bunzip
}
