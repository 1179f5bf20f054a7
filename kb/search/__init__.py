"""From a site to what can be asked of it: documents, analysis, ranking, and two indexes.

One rule decides everything here: the terminal and the published site answer from the same postings
with the same integer arithmetic, so that the same query has the same hits in the same order.
"""
