"""kb inside other site generators: pages of talks, speakers, topics and events in their sites."""
