/**
 * Ends this process, as failed, where it has not ended by itself a minute after its last test: something is left open,
 * and a run that hangs would tell nothing.
 *
 * @param last - what is to be the last line that is said
 * @param ms - that it may take
 */
export function endInTime(last: string, ms = 60_000): void {
  const end = () => {
    const open = process.getActiveResourcesInfo().join(", ");
    process.stderr.write(`The tests are through, but this does not end; open are: ${open}.\n`);
    process.stdout.write(last, () => process.exit(1));
  };
  setTimeout(end, ms).unref();
}
