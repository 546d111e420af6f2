// Shows the contract that the page names. The document comes from the mock itself, and so does everything else.
"use strict";

const contract = document.body.dataset.contract;
if (matchMedia("(prefers-color-scheme: dark)").matches) document.documentElement.classList.add("dark-mode");
SwaggerUIBundle({
  url: `../openapi/${contract}.json`,
  domNode: document.getElementById("reference"),
  deepLinking: true,
  docExpansion: "list",
  filter: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
});
