/** Signatures: short texts that stand for long ones. */
import { hash } from "node:crypto"

/** A hash of a text, short enough for a file's name. */
export const digest = (text: string): string => hash("sha1", text, "base64url")

/** 128 bits of a hash of a text, as 32 hexadecimal digits. */
export const digest128 = (text: string): string => hash("sha256", text).slice(0, 32)
