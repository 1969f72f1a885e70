/** What stands for classes of documents in tests of the command. */
import { KeepColumns } from "distilabel-ts"

export const Keeper = ({
  columns,
  name
}: {
  readonly columns: ReadonlyArray<string>
  readonly name: string
}) => KeepColumns({ name, columns })
