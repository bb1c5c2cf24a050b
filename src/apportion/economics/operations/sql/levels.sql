-- Which levels of the tree are named in what is asked of: how many names, and one of them.
SELECT {levels} FROM asked WHERE now
