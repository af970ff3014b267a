import { shift } from "./mann-whitney.ts";
import { success, type Peer, type Window } from "./peer.ts";

/** Of the standard normal distribution at 0.99, for an interval of 98 %. */
const z = 2.3263478740408408;
const tolerance = 0.25;
const pointsAnHour = 60;
const hours = 3;

/**
 * Spinnaker's automated canary analysis as published: Mann–Whitney at 98 % with a tolerance of 0.25, one point a minute,
 * judged each hour of three over all points so far (MannWhitneyClassifier and NetflixACAJudge of spinnaker/kayenta). The one
 * metric is critical and must not increase: it is High when the interval of the shift lies above tolerance · |estimate|.
 */
export const kayenta: Peer = {
  name: "Kayenta",
  query: "error ratio of canary and baseline, a point a minute, judged after 1, 2 and 3 hours",
  windowSeconds: 60,
  begin: () => {
    const canary: number[] = [];
    const other: number[] = [];
    let minutes = 0;
    return (window) => {
      minutes += 1;
      add(canary, window.canary);
      add(other, window.other);
      if (minutes % pointsAnHour !== 0) return "wait";
      if (isHigh(canary, other)) return "reject";
      return minutes === hours * pointsAnHour ? "promote" : "wait";
    };
  },
};

function add(points: number[], side: Window["canary"]): void {
  const well = success(side);
  // A minute without requests gives no point.
  if (well !== undefined) points.push(1 - well);
}

function isHigh(canary: readonly number[], other: readonly number[]): boolean {
  const { estimate, lower } = shift(canary, other, z);
  return lower > tolerance * Math.abs(estimate);
}
