import { expectType, expectError } from "tsd"
import { from, LoadDataFromDicts, type Flow, KeepColumns } from "../types/index.js"
const load = LoadDataFromDicts({ name: "load", data: [{ prompt: "a" }] })
expectType<string>(load.name)
expectType<"load">(load.name)
expectError(from(load).to(KeepColumns({ name: "k", columns: ["prompx"] })))
expectError(from(load).to(KeepColumns({ name: "k", columns: ["prompt"] })))
