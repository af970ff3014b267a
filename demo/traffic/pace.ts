/**
 * How many requests are due: an open loop, which does not slow down because answers do. After a pause of this process
 * the backlog is not made up for, since a burst would be no steady traffic.
 */
export function createPace(perSecond: number, now: number): (now: number) => number {
  const longestPauseMs = 100;
  let last = now;
  let owed = 0;
  return (time) => {
    owed += (Math.min(time - last, longestPauseMs) * perSecond) / 1000;
    last = time;
    const due = Math.floor(owed);
    owed -= due;
    return due;
  };
}
