import * as pulumi from "@pulumi/pulumi";
import { SettingsError } from "../settings/errors.ts";

/** An error as Pulumi shall show it: a sentence alone, since where in a program it was raised helps nobody. */
export const asSentence = (error: unknown): unknown =>
  error instanceof SettingsError ? new pulumi.RunError(error.message) : error;
