import { expect, test } from "./world.js";

test.beforeEach(async ({ page, world }) => {
  await page.goto(`${process.env.SHOP}?api=${world}`);
});

for (const customer of ["Ada", "Bo", "Cleo"]) {
  test(`${customer} places the first order of a world`, async ({ page }) => {
    await page.getByRole("button").click();
    await expect(page.getByText("Order 2", { exact: true })).toBeVisible();
  });
}

test("an expired token is told", async ({ page, request, world }) => {
  await request.post(`${world}/_mock/faults`, { data: { operation: "add_order", refusal: "token_expired" } });
  await page.getByRole("button").click();
  await expect(page.getByText("Sorry: invalid_token")).toBeVisible();
});
