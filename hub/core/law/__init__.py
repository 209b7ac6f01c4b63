"""The law as tested code: what was agreed, what is allowed, what lateness costs, when a claim lapses.

The story. `terms` reads payment terms and discounts as people write them and turns them into dates; it
belongs to no country. A country pack (`fr` first) then says what the law makes of them: `fr.terms` the caps
on delays, `fr.rates` the dated rates with their sources, `fr.penalties` the late penalties and the fixed
indemnity, `fr.limitation` the day a claim lapses. Each rule is a pure function with its article and the day
it starts in the docstring; dates and rates are arguments. What the sources left UNCONFIRMED is marked, and
a rate nobody knows raises instead of being extrapolated. Worked examples are the test vectors. Not legal
advice.
"""

from hub.core.law.terms import Discount, Terms, discount_minor, due_on, parse_discount, parse_terms

__all__ = ["Discount", "Terms", "discount_minor", "due_on", "parse_discount", "parse_terms"]
