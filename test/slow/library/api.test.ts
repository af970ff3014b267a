import { assertWritten } from "../../support/page.ts";
import { apiPage } from "../../../tools/docs/documents.ts";

describe("docs/api", function () {
  this.timeout(120_000);

  it("has the whole surface with its comments", async () => {
    await assertWritten(await apiPage(), "npm run docs");
  });
});
