"""Who is who: which sightings are one sum of money, and which accounts are one party.

The story. One payment is seen at the bank, at a payment provider and in the books; `sightings` and `deposits` say
which of these are one sum, with reasons, and leave what is not certain to a person. `sums` says what follows: what of
a receipt is counted elsewhere, what of it the books applied, and which allocations they contradict. `parties` says
which accounts of debtors are one legal person. `bank_days` counts the days on which banks book.

Pure: no clock, no data base; the order of what is given never changes a result.
"""
