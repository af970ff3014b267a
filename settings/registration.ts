import { z } from "zod";
import { text } from "./loose.ts";

/** Names by which Nary finds its own again. */
const isTaken = (name: string) => name.startsWith("nary_");

const keyError =
  "must be 1 to 128 letters, digits, dashes and underscores, and not start with nary_ or consul-, which are taken";
const tagError = "must be 1 to 255 characters on one line, and not start with nary_, which is taken";

/** What stands beside name and address of an instance in Consul. */
export const registration = {
  meta: z
    .record(
      z
        .string()
        .regex(/^(?!consul-)[A-Za-z0-9_-]{1,128}$/)
        .refine((key) => !isTaken(key)),
      text(512),
      {
        error: (issue) => (issue.code === "invalid_key" ? keyError : "must be names, each with a text"),
      },
    )
    .refine((meta) => Object.keys(meta).length <= 63, {
      // Consul takes 64, and Nomad adds where the service comes from.
      error: "must be at most 63 names, each with a text",
    })
    .default({}),
  tags: z
    .array(
      text(255).pipe(
        z
          .string()
          .regex(/^[^\p{Cc}]+$/u, { error: tagError })
          .refine((tag) => !isTaken(tag), { error: tagError }),
      ),
      { error: "must be a list of tags" },
    )
    .default([]),
};
