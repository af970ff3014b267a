import { reasonOf } from "../errors.ts";
import type { Observation } from "../decide/observation.ts";
import type { Final } from "../decide/verdict.ts";
import { Appender } from "./appender.ts";
import { observationText, startText, trafficText, verdictText, type Recording } from "./lines.ts";
import { newFile, stateFolder } from "./place.ts";

export type RecorderOptions = {
  /** The file, which is begun anew; a new one below the folder unless given. */
  file?: string | undefined;
  /** The folder of all records; the one of XDG's state unless given. */
  folder?: string | undefined;
  /** What is watched, and all by which it is judged. */
  recording: Recording;
  onWarning: (why: string) => void;
};

/**
 * Writes down each observation that a release is judged by, until it is closed by who opened it. A release does not
 * depend on it: where the file cannot be written, one warning says so and the rest is dropped.
 */
export class Recorder {
  /** Where it is written to; undefined where it cannot be. */
  readonly file: string | undefined;
  readonly #appender: Appender | undefined;

  private constructor(file?: string, appender?: Appender) {
    this.file = file;
    this.#appender = appender;
  }

  /** Begins a record. Never throws. */
  static async open(options: RecorderOptions): Promise<Recorder> {
    const { recording, onWarning } = options;
    const at = new Date();
    const folder = options.folder ?? stateFolder(process.env);
    let file = options.file;
    const warn = (why: string) => {
      onWarning(
        `the record ${file ?? `in ${folder}`} cannot be written, the release goes on without: ${why}`,
      );
    };
    try {
      file ??= await newFile(folder, recording, at);
      const appender = await Appender.open(file, warn);
      appender.write(startText(recording, at));
      return new Recorder(file, appender);
    } catch (error) {
      warn(reasonOf(error));
      return new Recorder();
    }
  }

  /** Takes down an observation, as it was given to the judge: each one, in the same order. */
  observed(observation: Observation): void {
    this.#appender?.write(observationText(observation));
  }

  /** Takes down that the canaries' traffic was turned on or off. */
  traffic(state: "on" | "off"): void {
    this.#appender?.write(trafficText(state, new Date()));
  }

  /** Takes down a verdict that ends a watch, before the next observation. */
  decided(verdict: Final): void {
    this.#appender?.write(verdictText(verdict, new Date()));
  }

  /** Waits until all is written, a few seconds at most. Never throws; may be called again. */
  async close(): Promise<void> {
    await this.#appender?.close();
  }
}
