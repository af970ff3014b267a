type End = () => Promise<unknown>;

const ofRun: End[] = [];
let ofTest: End[] | undefined;

/** Ends what a test has started when that test is over, however it went; what a hook has started, at the end of the run. */
export function atEnd(end: End): void {
  (ofTest ?? ofRun).push(end);
}

export function testBegins(): void {
  ofTest = [];
}

export async function testEnds(): Promise<void> {
  const ends = ofTest ?? [];
  ofTest = undefined;
  await Promise.all(ends.map((end) => end()));
}

export async function runEnds(): Promise<void> {
  await Promise.all(ofRun.splice(0).map((end) => end()));
}
