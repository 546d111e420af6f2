"""What all resources of the REST API share: who calls, states, pages, amounts."""
