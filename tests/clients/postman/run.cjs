// Postman imports what the mock serves for tools, and runs every request of it. Prints each request's answer, as JSON.
const { convertV2 } = require("openapi-to-postmanv2");
const newman = require("newman");

const [, , contract, parametersResolution] = process.argv;

async function main() {
  const data = await (await fetch(`${process.env.BASE_URL}/openapi/${contract}.tools.json`)).text();
  convertV2({ type: "string", data }, { parametersResolution }, (error, { result, reason, output }) => {
    if (error || !result) throw error || new Error(reason);
    newman.run({ collection: output[0].data }, (failed, { run }) => {
      if (failed) throw failed;
      const told = run.executions.map(({ item, response }) => ({ name: item.name, body: response.stream.toString() }));
      console.log(JSON.stringify(told));
    });
  });
}

main();
