"""What a note says: talks, speakers, topics, links and its event, with the evidence for each."""
