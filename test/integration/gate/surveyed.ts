import { Survey, type SurveyOptions } from "../../../gate/discover/survey.ts";

type Given = Pick<SurveyOptions, "consul" | "nomad" | "declared" | "onFailure"> & Partial<SurveyOptions>;

/** A survey of canaries, of which only what the test says is heard. Closed by the test. */
export function openSurvey(given: Given): Survey {
  return new Survey({
    longRunning: false,
    now: () => performance.now() / 1000,
    onChange: () => undefined,
    onWarning: () => undefined,
    ...given,
  });
}
