declare module "s3rver" {
  import type { IncomingMessage, ServerResponse } from "node:http"
  export default class S3rver {
    constructor(options: {
      readonly directory: string
      readonly silent: boolean
      readonly configureBuckets: ReadonlyArray<{
        readonly name: string
        readonly configs: ReadonlyArray<string>
      }>
    })
    configureBuckets(): Promise<unknown>
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<unknown>
  }
}
