import { test as base } from "@playwright/test";

export { expect } from "@playwright/test";

// `world` is the base URL of a world that this test has for itself.
export const test = base.extend({
  world: async ({ request }, use, { testId, retry }) => {
    const name = `${testId}-${retry}`;
    const made = await request.post("/_mock/worlds", { data: { name } });
    await use((await made.json()).base_url);
    await request.delete(`/_mock/worlds/${name}`);
  },
});
