"""The console: what `/` becomes in a browser. Plain modules and a stylesheet, served as they are."""
