import { Schema } from "effect"
import { expectAssignable, expectError, expectType } from "tsd"
import { from, LoadDataFromDicts, loadFromDiskPromise, MapRows, Pipeline, pushToHubPromise, type Row, type Rows, runPromise } from "../src/index.ts"

const load = LoadDataFromDicts({ name: "load", data: [{ text: "A river.", score: 1 }] })
const dated = MapRows({ name: "dated", outputs: { at: Schema.Date }, map: () => ({ at: new Date() }) })
const distiset = await runPromise(Pipeline("typed", {}, from(load).to(dated)))

// Rows are typed by their leaf, and stay so when they are changed, chosen and split.
expectType<Date | undefined>((await distiset.default.head(1))[0]?.at)
expectType<Rows<{ long: boolean }>>(distiset.default.map(({ text }) => ({ long: text.length > 9 })))
expectType<ReadonlyArray<Pick<{ readonly text: string }, "text">>>(await distiset.default.filter(({ score }) => score > 1).select("text").toArray())
expectError(distiset.default.select("txt"))
expectError(distiset.default.filter(({ txt }) => txt))
expectType<number>((await distiset.trainTestSplit({ testSize: 0.1 }).default.test.toArray())[0]!.score)
expectError(distiset.trainTestSplit({ testSize: 0.1, trainSize: 0.2 }))
expectError(distiset.trainTestSplit({}))
expectError(distiset.trainTestSplit({ testSize: 0.1 }).default.validation)

// What is loaded is typed by the columns given, else nobody knows.
const saved = await loadFromDiskPromise("saved", { columns: { default: { text: Schema.String, at: Schema.optionalKey(Schema.Date) } } })
expectType<Date | undefined>((await saved.default.head(1))[0]?.at)
expectError(saved.other)
const open = await loadFromDiskPromise("saved")
expectAssignable<Rows<Row> | undefined>(open["default"])

// Options are known by name.
expectError(distiset.saveToDisk("saved", { format: "parket" }))
expectError(pushToHubPromise(distiset, "me/x", { privat: true }))
expectType<string>((await distiset.pushToHub("me/x", { private: true })).url)

// A leaf that is called like a member of the Distiset is in `subsets`; the member stays what it is.
const printed = MapRows({ name: "print", outputs: { n: Schema.Number }, map: () => ({ n: 1 }) })
const named = await runPromise(Pipeline("named", {}, [from(load).to(dated), from(load).to(printed)]))
expectType<(count?: number) => Promise<void>>(named.print)
expectType<number>((await named.subsets.print.toArray())[0]!.n)
expectType<Date>((await named.dated.toArray())[0]!.at)
