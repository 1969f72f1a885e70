/** The address of an OpenTelemetry collector, as commands get it. */
import { UsageError } from "./UsageError.ts"

export const collectorAddress = (command: string, url: string): string => {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
    throw new UsageError(
      command,
      `--otlp takes the address of an OpenTelemetry collector, such as http://localhost:4318, not '${url}'`
    )
  return url
}
