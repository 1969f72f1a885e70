/** Addresses of brokers as commands get them: as an argument, or from the environment. */
import { brokerVariable } from "../cluster/Broker.ts"
import { UsageError } from "./UsageError.ts"

/** The name of the queue in which workers look for runs unless another is given. */
export const usualQueue = "default"

/** The address that was given, or that of the environment. */
export const brokerAddress = (command: string, given: string | undefined): string => {
  const address = given === undefined || given === "env" ? process.env[brokerVariable] : given
  if (address === undefined || address === "")
    throw new UsageError(
      command,
      `give the address of a Redis, redis://HOST:6379, or set ${brokerVariable}`
    )
  return address
}

/** The name of a queue, which is part of keys. */
export const queueName = (command: string, given = usualQueue): string => {
  if (!/^[\w.-]{1,60}$/.test(given))
    throw new UsageError(
      command,
      `--queue takes a name of letters, digits, '_', '-' and '.', not '${given}'`
    )
  return given
}
