/** Requests one after the other to a server, and what became of them. */
export function startRequests(url: string): { stop: () => Promise<{ answered: number; failed: string[] }> } {
  let done = false;
  let answered = 0;
  const failed: string[] = [];
  const client = async () => {
    while (!done) {
      const answer = await fetch(url).then(
        async (response) => `${response.status} ${await response.text()}`,
        String,
      );
      if (answer === "200 ok") answered += 1;
      else failed.push(answer);
    }
  };
  const clients = Promise.all([client(), client()]);
  return {
    stop: async () => {
      done = true;
      await clients;
      return { answered, failed };
    },
  };
}
